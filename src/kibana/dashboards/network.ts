/**
 * Network: what the logs themselves say of flows, bytes, refusals, destinations and names.
 */
import { donut, table, xy } from '../charts.js';
import { COLORS } from '../colors.js';
import { count, metric, overTime, terms } from '../columns.js';
import { dashboard } from '../dashboard.js';
import { SEARCHES, VIEWS } from '../ids.js';
import { lens, search, type PanelMaker, type Row } from '../panels.js';
import type { DashboardObject } from '../saved-object.js';
import { navigation, titleOf } from './navigation.js';
import { countTile, fieldTile, percentileLines } from './shared-charts.js';

const ID = 'elkhound-network';
const REFUSED = 'event.type: denied or event.outcome: failure';
const view = VIEWS.logs;
const PLAIN = { view, color: COLORS.plain };

/** The dashboard. */
export function network(): DashboardObject {
  return dashboard({
    id: ID,
    title: titleOf(ID),
    description: 'Flows, bytes, refusals, destinations, ports and DNS in the logs that Elkhound reads',
    from: 'now-24h',
    live: false,
    controls: {
      source: { title: 'From', field: 'source.ip', view },
      destination: { title: 'To', field: 'destination.ip', view },
      port: { title: 'Port', field: 'destination.port', view },
      dataset: { title: 'Kind of log', field: 'event.dataset', view },
    },
    rows: [
      navigation(
        ID,
        'The logs as they came, strange or not. An **address** in a table leads to what is strange about it.',
      ),
      tiles(),
      traffic(),
      ends(),
      services(),
      refusals(),
      names(),
      { height: 15, panels: { raw: [48, search(SEARCHES.logs, 'What do the raw logs say?')] } },
    ],
  });
}

function tiles(): Row {
  const events = countTile('Events', {
    ...PLAIN,
    title: 'Events',
    description: 'Lines of the logs; one flow can have several',
  });
  const bytes = fieldTile('sum', 'network.bytes', 'Bytes', {
    ...PLAIN,
    title: 'Bytes, both ways',
    description: 'As far as the logs say how many',
    format: 'bytes',
  });
  const sources = fieldTile('unique_count', 'source.ip', 'Addresses', {
    ...PLAIN,
    title: 'Addresses that began a flow',
    description: 'Different source addresses',
  });
  const destinations = fieldTile('unique_count', 'destination.ip', 'Addresses', {
    ...PLAIN,
    title: 'Addresses that were reached for',
    description: 'Different destination addresses',
  });
  const refused = countTile('Events', {
    view,
    where: REFUSED,
    color: COLORS.poor,
    title: 'Denied or failed',
    description: 'Denied by a firewall, refused by a server, or failed',
  });
  return {
    height: 6,
    panels: {
      events: [9, events],
      bytes: [10, bytes],
      sources: [10, sources],
      destinations: [10, destinations],
      refused: [9, refused],
    },
  };
}

function traffic(): Row {
  const directions = xy({
    title: 'How much goes which way?',
    description: 'Bytes by direction, seen from the own networks',
    view,
    columns: {
      time: overTime(),
      direction: terms('network.direction', 'Direction', { size: 5, by: 'bytes' }),
      bytes: metric('sum', 'network.bytes', 'Bytes', { format: 'bytes' }),
    },
    series: 'bar_stacked',
    x: 'time',
    split: 'direction',
    y: { bytes: null },
  });
  const durations = percentileLines('event.duration', {
    title: 'How long do flows last?',
    description: 'Half of the flows are shorter than the lower line, 95 of 100 shorter than the upper one',
    view,
    where: 'event.duration > 0',
    scale: 'log',
  });
  return { height: 13, panels: { directions: [28, lens(directions)], durations: [20, durations] } };
}

function ends(): Row {
  const senders = table({
    title: 'Who sends most?',
    description: 'Source addresses by bytes sent; the link leads to what is strange about one',
    view,
    columns: {
      source: terms('source.ip', 'From', { size: 15, by: 'sent', dataType: 'ip' }),
      sent: metric('sum', 'source.bytes', 'Sent', { format: 'bytes' }),
      received: metric('sum', 'destination.bytes', 'Received', { format: 'bytes' }),
      peers: metric('unique_count', 'destination.ip', 'Destinations', { format: 'whole' }),
    },
    sortedBy: 'sent',
  });
  const receivers = table({
    title: 'Where does it go?',
    description: 'Destination addresses by bytes sent there; the link leads to what is strange about one',
    view,
    columns: {
      destination: terms('destination.ip', 'To', { size: 15, by: 'sent', dataType: 'ip' }),
      sent: metric('sum', 'source.bytes', 'Sent there', { format: 'bytes' }),
      received: metric('sum', 'destination.bytes', 'Came back', { format: 'bytes' }),
      peers: metric('unique_count', 'source.ip', 'Sources', { format: 'whole' }),
    },
    sortedBy: 'sent',
  });
  return { height: 15, panels: { senders: [24, lens(senders)], receivers: [24, lens(receivers)] } };
}

function services(): Row {
  const ports = xy({
    title: 'Which services are used?',
    description: 'Destination ports by how often they are used; ICMP has none',
    view,
    where: 'destination.port > 0',
    columns: {
      port: terms('destination.port', 'Port', { size: 12, by: 'events', dataType: 'number' }),
      events: count('Events'),
    },
    series: 'bar_horizontal',
    x: 'port',
    y: { events: COLORS.plain },
  });
  const transports = donut({
    title: 'By which transport?',
    description: 'Shares of events',
    view,
    columns: {
      transport: terms('network.transport', 'Transport', { size: 5, by: 'events', other: true }),
      events: count('Events'),
    },
    by: ['transport'],
    value: 'events',
  });
  return {
    height: 13,
    panels: { ports: [16, lens(ports)], transports: [12, lens(transports)], datasets: [20, datasets()] },
  };
}

function datasets(): PanelMaker {
  return lens(
    xy({
      title: 'Which logs tell of it?',
      description: 'Events by kind of log over time; one that stops has fallen silent',
      view,
      columns: {
        time: overTime(),
        dataset: terms('event.dataset', 'Kind of log', { size: 10, by: 'events' }),
        events: count('Events'),
      },
      series: 'bar_stacked',
      x: 'time',
      split: 'dataset',
      y: { events: null },
    }),
  );
}

function refusals(): Row {
  const when = xy({
    title: 'When is something denied, or fails?',
    description: 'A rise can be a scan, a wrong password tried again and again, or a service that is down',
    view,
    where: REFUSED,
    columns: {
      time: overTime(),
      denied: count('Denied', { where: 'event.type: denied' }),
      failed: count('Failed', { where: 'event.outcome: failure and not event.type: denied' }),
    },
    series: 'bar_stacked',
    x: 'time',
    y: { denied: COLORS.bad, failed: COLORS.third },
  });
  const whom = table({
    title: 'To whom does that happen?',
    description: 'Source addresses that are denied, or fail, most often',
    view,
    where: REFUSED,
    columns: {
      source: terms('source.ip', 'From', { size: 15, by: 'events', dataType: 'ip' }),
      events: count('Denied or failed'),
      peers: metric('unique_count', 'destination.ip', 'Destinations', { format: 'whole' }),
      ports: metric('unique_count', 'destination.port', 'Ports', { format: 'whole' }),
    },
    sortedBy: 'events',
  });
  return { height: 13, panels: { denials: [28, lens(when)], whom: [20, lens(whom)] } };
}

function names(): Row {
  const answers = xy({
    title: 'Does DNS know the names that are asked for?',
    description: 'Answers by their code; many NXDOMAIN can be generated names that do not exist',
    view,
    where: 'dns.response_code: *',
    columns: {
      time: overTime(),
      code: terms('dns.response_code', 'Answer', { size: 6, by: 'answers' }),
      answers: count('Answers'),
    },
    series: 'bar_stacked',
    x: 'time',
    split: 'code',
    y: { answers: null },
  });
  const asked = table({
    title: 'Which names are asked for?',
    description: 'Names by how often they are asked for, and by how many',
    view,
    columns: {
      name: terms('dns.question.name', 'Name', { size: 15, by: 'questions' }),
      questions: count('Questions'),
      askers: metric('unique_count', 'source.ip', 'Asked by', { format: 'whole' }),
    },
    sortedBy: 'questions',
  });
  return { height: 13, panels: { answers: [28, lens(answers)], asked: [20, lens(asked)] } };
}
