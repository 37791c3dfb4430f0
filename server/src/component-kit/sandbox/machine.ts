import variant from '@jitl/quickjs-wasmfile-release-sync';
import interpreter from '@jitl/quickjs-wasmfile-release-sync/wasm?url&inline';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { metered, meterImport } from './metered.ts';

/** Compiled once for all machines of a thread. */
let compiled: Promise<WebAssembly.Module> | undefined;

const compile = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(metered(Buffer.from(interpreter.slice(interpreter.indexOf(',') + 1), 'base64')));

/**
 * QuickJS with a memory of its own. It calls `ask` again and again as long as anything runs in it, also within functions of the language
 * itself; what that throws comes out of whatever was called, and the machine is in disorder from then on.
 */
export const newMachine = async (ask: () => void): Promise<QuickJSWASMModule> => {
  const module = await (compiled ??= compile());
  const instantiateWasm = (
    imports: WebAssembly.Imports,
    ready: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports => {
    const meter = { [meterImport.module]: { [meterImport.name]: ask } };
    const instance = new WebAssembly.Instance(module, { ...imports, ...meter });
    ready(instance);
    return instance.exports;
  };
  return newQuickJSWASMModuleFromVariant(newVariant(variant, { emscriptenModule: { instantiateWasm } }));
};
