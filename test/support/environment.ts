import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

/** Node's environment, which also remembers whether something in the suite failed, so that its databases can be kept to look at. */
export default class EvergreenEnvironment extends TestEnvironment {
  handleTestEvent(event: Circus.Event): void {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.global.suiteFailed = true;
  }
}
