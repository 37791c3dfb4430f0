import { probeBroker } from '../../../component-kit/mqtt/probe-broker.ts';
import { implementProbe } from '../../../engine/component.ts';
import { mqttOutputDefinition } from './mqtt-output.definition.ts';

export const probe = implementProbe(mqttOutputDefinition, async ({ config, signal }) => probeBroker(config, signal));
