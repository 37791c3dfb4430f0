import { expect, type Locator, type Page } from '@playwright/test';

/** The editor as a person uses it: with the mouse, and by the names that are written on things. */
export class EditorPage {
  readonly palette: Locator;
  readonly inspector: Locator;
  readonly canvas: Locator;
  readonly dock: Locator;
  readonly header: Locator;
  readonly deployButton: Locator;

  private constructor(readonly page: Page) {
    this.palette = page.getByRole('complementary', { name: 'Components' });
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.canvas = page.getByRole('region', { name: 'Canvas' });
    this.dock = page.getByRole('region', { name: 'Dock' });
    const deploy = page.getByRole('button', { name: 'Deploy', exact: true });
    this.header = page.locator('header', { has: deploy });
    this.deployButton = this.header.locator(deploy);
  }

  static async open(page: Page, address: string, flow: string): Promise<EditorPage> {
    await page.goto(`${address}/flows/${flow}`);
    const editor = new EditorPage(page);
    await expect(editor.deployButton).toBeVisible();
    return editor;
  }

  /** The card of a component, by the beginning of its name. */
  card(name: string): Locator {
    return this.canvas.getByRole('group', { name: new RegExp(`^${escaped(name)}`) });
  }

  port(component: string, port: string): Locator {
    return this.page.locator(`[data-component="${component}"][data-port="${port}"]`);
  }

  /** A setting by its title. */
  field(title: string): Locator {
    return this.inspector.getByLabel(new RegExp(`^${escaped(title)}( \\(needed\\))?$`));
  }

  /** Opens the messages of what is chosen, each as JSON on a line. */
  async lookAtMessages(): Promise<void> {
    await this.dock.getByRole('tab', { name: 'Messages' }).click();
    await this.dock.getByText('JSON', { exact: true }).click();
  }

  /** Adds a component by a click on the palette; it is chosen then. `intent` is the heading that it stands under. */
  async add(title: string, intent: string): Promise<void> {
    const section = this.palette.getByRole('region', { name: intent });
    await section.getByRole('button', { name: title, exact: true }).click();
    await expect(this.inspector).toContainText(`${title} ·`);
  }

  /** Pulls a connection from an output to an input, as `component.port`. */
  async connect(from: string, to: string): Promise<void> {
    await this.pull(from, to);
    await expect(this.connection(from, to)).toBeAttached();
  }

  /** Pulls from one port to another with the mouse, whatever comes of it. */
  async pull(from: string, to: string): Promise<void> {
    const [start, end] = [await middle(this.port(...ends(from))), await middle(this.port(...ends(to)))];
    const { mouse } = this.page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await mouse.move(end.x, end.y, { steps: 4 });
    await mouse.up();
  }

  connection(from: string, to: string): Locator {
    return this.page.locator(`.react-flow__edge[data-id*="${from}"][data-id*="${to}"]`);
  }

  /** Makes room: everything from left to right, and all of it to be seen. */
  async tidy(): Promise<void> {
    await this.canvas.getByRole('button', { name: 'Tidy up' }).click();
    await this.canvas.getByRole('button', { name: 'Show all' }).click();
    await this.settled();
  }

  /** Brings all of the flow into sight, also where the inspector has taken room. */
  async showAll(): Promise<void> {
    await this.canvas.getByRole('button', { name: 'Show all' }).click();
    await this.settled();
  }

  /** Waits until the canvas stands still. */
  async settled(): Promise<void> {
    const where = () => this.page.locator('.react-flow__viewport').getAttribute('style');
    let before: string | null = null;
    await expect(async () => {
      const now = await where();
      const isStill = now === before;
      before = now;
      expect(isStill).toBe(true);
    }).toPass({ intervals: [150, 150, 150] });
  }

  async fill(label: string, value: string): Promise<void> {
    await this.field(label).fill(value);
    await this.field(label).blur();
  }

  async saved(): Promise<void> {
    await expect(this.page.getByText(/Draft · saved/)).toBeVisible();
  }

  /** Deploys by the dialog, and waits until it runs. */
  async deploy(): Promise<void> {
    await this.deployButton.click();
    const dialog = this.page.getByRole('dialog', { name: /^Deploy/ });
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(dialog).toBeHidden();
  }
}

const ends = (endpoint: string): [component: string, port: string] => {
  const [component = '', port = ''] = endpoint.split('.');
  return [component, port];
};

const middle = async (locator: Locator): Promise<{ x: number; y: number }> => {
  const box = await locator.boundingBox();
  if (!box) throw new Error('it is not to be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
