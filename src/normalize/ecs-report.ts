/**
 * Reports of connections that go on, of which a window may hold many.
 */
import { Flag } from '../domain/events.js';
import type { Draft } from './draft.js';
import type { EcsRecord } from './ecs-fields.js';
import { numberOf } from './values.js';

/** Marks a document that may be one of several reports of a connection, and reads what it adds. */
export function readReport(document: EcsRecord, draft: Draft): void {
  const final = document.get('flow.final');
  if (final !== undefined) {
    readFlowReport(document, draft, final === true || final === 'true');
    return;
  }
  const tag = document.text('juniper.srx.tag');
  const phase = document.text('sophos.xg.connevent');
  if (
    document.get('fortinet.firewall.sentdelta') !== undefined ||
    document.get('fortinet.firewall.rcvddelta') !== undefined
  ) {
    readDeltas(document, draft);
  } else if (tag.startsWith('APPTRACK_SESSION')) {
    readSession(draft, document.get('juniper.srx.session_id_32'), !tag.includes('CLOSE'));
  } else if (phase !== '') {
    readSession(draft, document.get('sophos.xg.connid'), phase !== 'Stop');
  }
}

/** Packetbeat and Elastic Agent: counts since the flow began. */
function readFlowReport(document: EcsRecord, draft: Draft, isFinal: boolean): void {
  draft.flags |= Flag.report | Flag.soFar;
  // The same five-tuple has the same id again later.
  draft.addDetail(document.get('flow.id'));
  draft.addDetail(document.get('event.start'));
  const isStartKnown = draft.startMs < draft.endMs || draft.durationNs === 0;
  if (!isFinal) {
    draft.durationNs = NaN;
    // A count since a time that nobody knows.
    if (!isStartKnown) forgetAmounts(draft);
  }
}

/** Message that FortiOS writes of a session that goes on, every two minutes or as it is told. */
const STATISTICS = '000020';

/** FortiGate: `sentbyte` counts from the begin of the session, `sentdelta` from the report before. */
function readDeltas(document: EcsRecord, draft: Draft): void {
  draft.flags |= Flag.report;
  draft.addDetail(document.get('fortinet.firewall.sessionid'));
  draft.sourceBytes = numberOf(document.get('fortinet.firewall.sentdelta'));
  draft.destinationBytes = numberOf(document.get('fortinet.firewall.rcvddelta'));
  draft.sourcePackets = numberOf(document.get('fortinet.firewall.sentpktdelta'));
  draft.destinationPackets = numberOf(document.get('fortinet.firewall.rcvdpktdelta'));
  const goesOn =
    document.text('event.code').endsWith(STATISTICS) || document.get('event.action') === 'accept';
  if (goesOn) draft.durationNs = NaN;
}

/** Juniper and Sophos: counts since the session began, of which the last are all that it sent. */
function readSession(draft: Draft, id: unknown, goesOn: boolean): void {
  draft.flags |= Flag.report;
  draft.addDetail(id);
  if (!goesOn) return;
  draft.durationNs = NaN;
  forgetAmounts(draft);
}

function forgetAmounts(draft: Draft): void {
  draft.sourceBytes = NaN;
  draft.destinationBytes = NaN;
  draft.sourcePackets = NaN;
  draft.destinationPackets = NaN;
}
