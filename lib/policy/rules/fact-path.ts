import type { Facts, JsonValue, Level, RiskLevel } from '../schema';

// A path names one fact in a fixed namespace; only an object's own properties are looked at, never what it inherits.

/** The values that judging derives from agent and matrix together; conditions see these, not the agent's bare claim. */
export type Derived = {
  risk: RiskLevel | undefined;
  impact: Level | undefined;
  reversibility: Level | undefined;
  regulatory: Level | undefined;
};

export type Read = (facts: Facts, derived: Derived, element: JsonValue | undefined) => JsonValue | undefined;

const SEGMENT = /^[\p{L}\p{N}_$@:/-]{1,100}$/u;
const OPEN = ['payload', 'signals'];
const PLAIN = ['action', 'counterparty', 'environment', 'initiator', 'risk', 'confidence'];
const AXES = ['impact', 'reversibility', 'regulatory'];
const AGENT = ['id', 'name', 'version', 'model'];

/** True for a path that a document may name. Lists are indexed by number: `payload.lines.0.amount`. */
export function isFactPath(path: string): boolean {
  const [root = '', ...rest] = path.split('.');
  if (rest.length === 0) return PLAIN.includes(root) || AXES.includes(root);
  if (rest.length > 16 || !rest.every((segment) => SEGMENT.test(segment))) return false;
  if (OPEN.includes(root)) return true;
  if (root !== 'agent') return false;
  if (rest[0] === 'labels') return rest.length === 2;
  return rest.length === 1 && AGENT.includes(rest[0] ?? '');
}

/** A reader for one path, undefined where the fact is missing. `''` reads the element of a quantified list. */
export function compilePath(path: string): Read {
  if (path === '') return (_facts, _derived, element) => element;
  const [root = '', ...segments] = path.split('.');
  if (root === 'payload') return payloadReader(segments);
  if (root === 'signals') return (facts) => descend(facts.signals, segments);
  if (root === 'agent') return agentReader(segments);
  return plainReader(root);
}

function payloadReader(segments: string[]): Read {
  const [only] = segments;
  if (segments.length === 1 && only !== undefined) return (facts) => ownValue(facts.payload, only);
  return (facts) => descend(facts.payload, segments);
}

function agentReader(segments: string[]): Read {
  const [field = '', label = ''] = segments;
  if (field === 'labels') return (facts) => ownValue(facts.agent.labels, label);
  return (facts) => ownValue(facts.agent as JsonValue, field); // as: absent optional fields read as undefined anyway
}

function plainReader(root: string): Read {
  switch (root) {
    case 'action':
      return (facts) => facts.action;
    case 'counterparty':
      return (facts) => facts.counterparty;
    case 'environment':
      return (facts) => facts.environment;
    case 'initiator':
      return (facts) => facts.initiator;
    case 'confidence':
      return (facts) => facts.confidence;
    case 'risk':
      return (_facts, derived) => derived.risk;
    case 'impact':
      return (_facts, derived) => derived.impact;
    case 'reversibility':
      return (_facts, derived) => derived.reversibility;
    case 'regulatory':
      return (_facts, derived) => derived.regulatory;
    default:
      throw new Error(`no fact is called ${root}`);
  }
}

function descend(start: JsonValue, segments: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = start;
  for (const segment of segments) value = ownValue(value, segment);
  return value;
}

/** One step down: an object's own property, or a list's element by its number. */
export function ownValue(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return Object.hasOwn(value, key) ? value[key] : undefined;
  return /^(0|[1-9]\d{0,8})$/.test(key) && Number(key) < value.length ? value[Number(key)] : undefined;
}
