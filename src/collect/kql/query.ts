/**
 * A parsed filter as Elasticsearch's query DSL, with the meaning that Kibana gives it.
 */
import type { KqlNode, KqlValue } from './parse.js';

/** One query of the query DSL. */
export type Query = Readonly<Record<string, unknown>>;

/**
 * Translates a filter, as Kibana does for fields whose mapping it does not know.
 * @param nameOf what a field is called in the indices
 */
export function queryOfKql(node: KqlNode, nameOf: (field: string) => string): Query {
  switch (node.kind) {
    case 'and':
      return { bool: { filter: node.nodes.map((inner) => queryOfKql(inner, nameOf)) } };
    case 'or':
      return {
        bool: { should: node.nodes.map((inner) => queryOfKql(inner, nameOf)), minimum_should_match: 1 },
      };
    case 'not':
      return { bool: { must_not: queryOfKql(node.node, nameOf) } };
    case 'is':
      return equality(nameOf(node.field), node.value);
    case 'range':
      return { range: { [nameOf(node.field)]: { [node.operator]: node.value } } };
  }
}

function equality(field: string, value: KqlValue): Query {
  if (value.kind === 'literal') {
    return { [value.quoted ? 'match_phrase' : 'match']: { [field]: value.value } };
  }
  if (value.parts.every((part) => part === '')) return { exists: { field } };
  // A space would part the text into words, of which each alone would match.
  const escaped = value.parts.map((part) => part.replace(/[+\-=&|><!(){}[\]^"~*?:\\/\s]/g, '\\$&'));
  return { query_string: { fields: [field], query: escaped.join('*') } };
}
