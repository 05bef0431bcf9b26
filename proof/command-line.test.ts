import { expect } from 'chai';
import { describe, it } from 'node:test';
import { HELP, NotTried, wishesOf } from './command-line';

describe('what may be asked of a proof', () => {
  it('is a module, and how far to go', () => {
    expect(wishesOf(['id-manager', '--minutes', '8', '--files', 'ssot/**', '--only-defects'])).to.deep.equal({
      help: false,
      module: 'id-manager',
      files: 'ssot/**',
      minutes: 8,
      workers: 2,
      onlyScenarios: false,
      onlyDefects: true,
      checkDefects: false,
      force: false,
    });
    expect(wishesOf(['auth', '--only-scenarios', '--workers', '1'])).to.include({ onlyScenarios: true, workers: 1 });
    expect(wishesOf(['auth', '--sample', '200'])).to.include({ sample: 200 });
    expect(wishesOf(['platform']).module).to.equal('platform');
    expect(wishesOf(['--help']).help).to.equal(true);
  });

  it('is refused with the way out when it makes no sense', () => {
    expect(() => wishesOf(['id-manger'])).to.throw(NotTried, 'Did you mean "id-manager"?');
    expect(() => wishesOf([])).to.throw(NotTried, 'Name one module: npm run prove -- <module>. Known: ');
    expect(() => wishesOf(['auth', 'kernel'])).to.throw(NotTried, 'Name one module');
    expect(() => wishesOf(['auth', '--minutes', 'ten'])).to.throw(NotTried, '--minutes takes a number above zero');
    expect(() => wishesOf(['auth', '--sample', '20'])).to.throw(NotTried, '--sample takes a whole number from 200');
    for (const workers of ['0', '9', '1.5', 'two']) {
      expect(() => wishesOf(['auth', '--workers', workers])).to.throw(
        NotTried,
        '--workers takes a whole number from 1',
      );
    }
    expect(() => wishesOf(['auth', '--only-scenarios', '--only-defects'])).to.throw(NotTried, 'exclude each other');
    expect(() => wishesOf(['auth', '--quick'])).to.throw(NotTried, 'See npm run prove -- --help.');
  });

  it('is explained in full', () => {
    for (const option of [
      '--files',
      '--minutes',
      '--sample',
      '--workers',
      '--only-scenarios',
      '--only-defects',
      '--check-defects',
      '--force',
    ]) {
      expect(HELP).to.include(`\n  ${option}`);
    }
  });
});
