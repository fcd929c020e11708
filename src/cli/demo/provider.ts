import OpenAI from 'openai';
import type { ChatClient } from '../../index.js';
import { type Simulation, startSimulation } from '../../simulation.js';

/** Who answers the demo's calls. */
export interface DemoProvider {
  /** For `createEvergreen`. */
  client: ChatClient;
  /** Name under which prices are registered and calls are logged. */
  provider: string;
  model: string;
  simulated: boolean;
  /** Lets every call be answered with HTTP 500, or no more. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

const latencyMs = 400;
const defaultModel = 'gpt-4.1-mini';

/** The provider of OPENAI_API_KEY or OPENAI_BASE_URL; without them a local simulation, which says that it is one. */
export async function openProvider(model: string | undefined): Promise<DemoProvider> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL } = process.env;
  const simulation = await startSimulation({ latencyMs });
  const local = new OpenAI({ apiKey: 'simulation', baseURL: simulation.url, maxRetries: 1 });
  if (!apiKey && !baseURL) {
    return {
      client: local,
      provider: 'simulation',
      model: `simulated-${model ?? defaultModel}`,
      simulated: true,
      setDown: (down) => simulation.setBehaviour(down ? 'server_error' : 'ok'),
      close: () => simulation.close(),
    };
  }
  return realProvider(new OpenAI({ apiKey: apiKey || 'none', baseURL: baseURL || undefined }), local, simulation, model);
}

/** While it is down, its calls go to a local server that answers 500. */
function realProvider(real: OpenAI, local: OpenAI, simulation: Simulation, model: string | undefined): DemoProvider {
  let target = real;
  simulation.setBehaviour('server_error');
  const { hostname } = new URL(real.baseURL);
  return {
    client: { chat: { completions: { create: (body, options) => target.chat.completions.create(body, options) } } },
    provider: hostname === 'api.openai.com' ? 'openai' : hostname,
    model: model ?? defaultModel,
    simulated: false,
    setDown(down) {
      target = down ? local : real;
    },
    close: () => simulation.close(),
  };
}
