import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences, KINDS, Ledger } from './ledger';

/** What was acknowledged against what can be read: each way in which they can differ is found and named. */
describe('the ledger of acknowledged writes', () => {
  const told = new Map([
    ['one', 'first'],
    ['two', 'second'],
  ]);

  for (const kind of KINDS) {
    it(`finds nothing wrong with equal ${kind}`, () => {
      assert.deepEqual(differences(kind, told, new Map(told)), []);
    });

    it(`names what is lost, changed or never acknowledged among ${kind}`, () => {
      assert.deepEqual(
        differences(
          kind,
          told,
          new Map([
            ['two', 'older'],
            ['three', 'third'],
          ]),
        ),
        [
          `${kind}: one was acknowledged as "first" and cannot be read`,
          `${kind}: two was acknowledged as "second" and reads "older"`,
          `${kind}: three reads "third", and nobody was told that it is kept`,
        ],
      );
    });
  }

  it('keeps the last acknowledgement under a key', () => {
    const ledger = new Ledger();
    ledger.acknowledge('threads', 'thread_1', 'Q3 spend');
    ledger.acknowledge('threads', 'thread_1', 'Q4 spend');
    assert.deepEqual([...ledger.kept.threads], [['thread_1', 'Q4 spend']]);
  });

  it('a deleted thread takes its own questions and shared reports with it, and nothing else', () => {
    const ledger = new Ledger();
    for (const thread of ['thread_1', 'thread_2']) {
      ledger.acknowledge('threads', thread, 'Q3 spend');
      ledger.acknowledge('questions', `${thread} q`, `asked once, run_of_${thread}, ended once`);
      ledger.acknowledge('shared reports', `run_of_${thread}`, 'shared');
    }
    ledger.withdrawThread('thread_1');
    assert.deepEqual([...ledger.kept.threads.keys()], ['thread_2']);
    assert.deepEqual([...ledger.kept.questions.keys()], ['thread_2 q']);
    assert.deepEqual([...ledger.kept['shared reports'].keys()], ['run_of_thread_2']);
  });

  it('remembers what nobody could tell the outcome of', () => {
    const ledger = new Ledger();
    ledger.leaveOpen('questions', 'thread_1 q', '503 store_unavailable');
    assert.deepEqual(ledger.unknown, ['questions: thread_1 q (503 store_unavailable)']);
  });
});
