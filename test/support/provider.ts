/** The provider of a suite: the simulation, and an OpenAI client of the real SDK that speaks to it. */
import OpenAI from 'openai';
import { type Simulation, type SimulationOptions, startSimulation } from '../../src/simulation.js';

/** An OpenAI client for a base URL; it asks once, unless told to retry. */
export function openaiFor(url: string, maxRetries = 0): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: url, maxRetries });
}

/** A simulation from `beforeAll` to `afterAll` of the suite that calls this, in good order again before each test. */
export function useSimulation(options: SimulationOptions = {}): Simulation & { readonly openai: OpenAI } {
  let simulation: Simulation | undefined;
  let openai: OpenAI | undefined;
  beforeAll(async () => {
    simulation = await startSimulation(options);
    openai = openaiFor(simulation.url);
  });
  beforeEach(() => {
    simulation?.release();
    simulation?.setBehaviour(options.behaviour ?? 'ok');
  });
  afterAll(async () => {
    simulation?.release();
    await simulation?.close();
  });
  return new Proxy({} as Simulation & { readonly openai: OpenAI }, {
    get(_, member) {
      if (!simulation) throw new Error('the simulation exists from beforeAll on: use it inside of a test or a hook');
      return member === 'openai' ? openai : Reflect.get(simulation, member);
    },
  });
}
