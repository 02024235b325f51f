/** The one script of a workspace page that hosts widgets: it reads the page's document and starts. */

import "./styles/host.css";

import { readBoot, type Boot } from "./boot";
import { running } from "./hosting";
import { assetAddress, firstAddresses } from "./libraries";
import { bringLoader } from "./loading/amd";
import { FramePreview } from "./frames/preview";
import { FrameRunner } from "./frames/frame_runner";
import { WorkspaceServer } from "./server";
import { browserOpening } from "./settings/confirming";
import { SettingsDesk } from "./settings/desk";
import { PressGuard } from "./settings/pressing";
import { belongsIn } from "./widgets/lifecycle";
import { PageRunner, scriptAddress, type Runner } from "./widgets/runner";
import { bringLibraries, makeWorkplace, placeGlobals } from "./workplace";

// First of all, before any widget's code can run.
const guard = new PressGuard(window);
const base = folderOf(document.currentScript);
const fetchHere = window.fetch.bind(window);

function folderOf(script: Document["currentScript"]): string {
  const address = script instanceof HTMLScriptElement ? script.src : "";
  return address === "" ? "/assets/websdk" : new URL(".", address).pathname.replace(/\/$/, "");
}

function report(code: string, stage: string, error: unknown): void {
  console.warn(`Widget ${code}: ${stage} failed.`, error);
  document.dispatchEvent(new CustomEvent("grantway:trouble", { detail: { code, stage, message: String(error) } }));
}

async function read(address: string): Promise<string> {
  const answer = await fetchHere(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return await answer.text();
}

function bringStyle(): void {
  if (document.querySelector('link[rel="stylesheet"][href*="/websdk/host.css"]')) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = assetAddress(base, "host.css");
  document.head.append(link);
}

/** Has the browser fetch at once what would otherwise be asked for one after the other. */
function fetchAhead(boot: Boot): void {
  const here = boot.running?.strict ? [] : boot.widgets.map(running).filter((one) => belongsIn(one, boot.system.area));
  for (const address of [...firstAddresses(base), ...here.map(scriptAddress)]) {
    const link = document.createElement("link");
    link.rel = "preload";
    link.as = "script";
    link.href = address;
    document.head.append(link);
  }
}

async function begin(boot: Boot): Promise<void> {
  fetchAhead(boot);
  bringStyle();
  const require = await bringLoader(window, base, read);
  const libraries = await bringLibraries(require);
  const server = new WorkspaceServer(fetchHere);
  const workplace = makeWorkplace(window, boot, libraries, { server, read, report });
  placeGlobals(window, libraries, workplace);
  const frames = { window, base, workplace };
  const told = { saved: (...given: Parameters<SettingsDesk["saved"]>) => desk.saved(...given) };
  const runner: Runner = boot.running?.strict
    ? new FrameRunner(frames, told)
    : new PageRunner(workplace.host, require, workplace.parts, told);
  const desk = new SettingsDesk({ workplace, runner, guard, opening: browserOpening(window), preview: new FramePreview(frames) });
  await workplace.begin(runner);
  await desk.catchUp();
  workplace.deliver(await server.notices().catch(() => []));
}

function start(): void {
  const boot = readBoot(document);
  if (boot !== null) begin(boot).catch((error: unknown) => report("", "start", error));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
