import { probeBroker } from '../../../component-kit/mqtt/probe-broker.ts';
import { implementProbe } from '../../../engine/component.ts';
import { mqttInputDefinition } from './mqtt-input.definition.ts';

export const probe = implementProbe(mqttInputDefinition, async ({ config, signal }) => probeBroker(config, signal));
