import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/tables.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { BackendError, look, ready } from "./backend";
import { browserLanguage, speak } from "./i18n";
import { fontsAreThere } from "./paint";
import { Session } from "./state/session.svelte";
import { dress } from "./theme";
import RefusedView from "./views/RefusedView.svelte";

async function refuse(error: BackendError): Promise<void> {
  const chosen = await look().catch(() => null);
  const language = chosen?.language ?? "system";
  dress(chosen?.theme ?? "system");
  speak(language === "system" ? browserLanguage() : language);
  mount(RefusedView, { target: document.body, props: { error } });
}

async function show(): Promise<void> {
  try {
    const session = await Session.open();
    mount(App, { target: document.body, props: { session } });
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    await refuse(error);
  }
}

await show();
await fontsAreThere();
await ready();
