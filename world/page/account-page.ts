import { TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';

/** The page of somebody's own account: their devices, second factor, and what happened to it. */
export class AccountPage {
  constructor(private readonly page: Page) {}

  /** From the chat page. */
  async open(): Promise<void> {
    await this.page.getByRole('link', { name: 'My account' }).click();
    await this.isOpen();
  }

  async isOpen(): Promise<void> {
    await this.page.getByRole('heading', { level: 2, name: 'What happened' }).waitFor();
    await this.page.locator('#activity .rows li').first().waitFor();
  }

  /** One of two devices, so that the other is left. */
  async signOut(name: string): Promise<void> {
    await this.page.getByText('You are signed in on 2 devices').waitFor();
    await this.page.getByRole('button', { name: `Sign out: ${name}` }).click();
    await this.page.getByText('You are signed in on 1 device').waitFor();
  }

  /** What happened last, in words. */
  async newest(): Promise<string> {
    return this.page.locator('#activity .rows li b').first().innerText();
  }

  /** With an app that is told the secret by hand. */
  async setUpSecondFactor(): Promise<void> {
    await this.page.getByRole('button', { name: 'Set it up' }).click();
    await this.page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
    const secret = await this.page.locator('#factor .setup code').innerText();
    await this.page
      .getByLabel('Code that the app shows')
      .fill(new TOTP({ secret: secret.replaceAll(' ', '') }).generate());
    await this.page.getByRole('button', { name: 'Confirm' }).click();
    await this.#codes.first().waitFor();
  }

  /** How many are shown. */
  backupCodes(): Promise<number> {
    return this.#codes.count();
  }

  async goToChat(): Promise<void> {
    await this.page.getByRole('link', { name: 'Back to the chat' }).click();
    await this.page.getByText('Live', { exact: true }).waitFor();
  }

  get #codes(): Locator {
    return this.page.locator('#factor .codes li');
  }
}
