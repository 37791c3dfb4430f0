/** The processors of the product alone, and what they need of its engine. */
export { RecordedMap } from '../../server/src/engine/kept-map.ts';
export { Message } from '../../server/src/engine/message.ts';
export { aggregate } from '../../server/src/component-types/processors/aggregate/aggregate.component.ts';
export { changed } from '../../server/src/component-types/processors/changed/changed.component.ts';
export { jsonFilter } from '../../server/src/component-types/processors/json-filter/json-filter.component.ts';
export { jsonMap } from '../../server/src/component-types/processors/json-map/json-map.component.ts';
export { parse } from '../../server/src/component-types/processors/parse/parse.component.ts';
export { router } from '../../server/src/component-types/processors/router/router.component.ts';
export { rule } from '../../server/src/component-types/processors/rule/rule.component.ts';
export { throttle } from '../../server/src/component-types/processors/throttle/throttle.component.ts';
