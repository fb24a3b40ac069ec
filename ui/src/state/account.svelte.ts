import * as backend from "../backend";
import {
  BackendError,
  type AccountStatus,
  type CodeRequest,
  type Joining,
  type Proof,
  type ServerCheck,
  type ServerChoice,
} from "../backend";
import { coalesced } from "../logic/coalesce";

/** What a person can do about the account; what is refused of it is told beside its form. */
export type Step =
  "enter" | "code" | "join" | "email" | "password" | "others" | "sign_out" | "delete";

/** A mail with a code that is on its way. */
export type Mail = { to: string; purpose: CodeRequest["purpose"] | "sign_up" };

type Trouble = { step: Step; error: BackendError };

const KNOWN_SERVER: ServerChoice = { url: null, key: null };

/** Whose rows these are, and the way there. */
export class Account {
  #status: AccountStatus | null = $state.raw(null);
  #isBusy = $state(false);
  #trouble: Trouble | null = $state.raw(null);
  #mail: Mail | null = $state.raw(null);
  /** The server that was named last: a code goes to where it was asked for. */
  #server: ServerChoice = $state.raw(KNOWN_SERVER);
  #hasForgotten = $state(false);
  #email = $state("");

  /** Nothing until the core was asked once. */
  get status(): AccountStatus | null {
    return this.#status;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get mail(): Mail | null {
    return this.#mail;
  }

  /** The address that was written last. */
  get email(): string {
    return this.#email;
  }

  get server(): ServerChoice {
    return this.#server;
  }

  /** Signed in by a code because the password was forgotten: another one is chosen next. */
  get choosesPassword(): boolean {
    return this.#hasForgotten && this.#status?.signed_in === true;
  }

  errorOf(step: Step): BackendError | null {
    return this.#trouble?.step === step ? this.#trouble.error : null;
  }

  /** Another form is open now. */
  dismissError(): void {
    this.#trouble = null;
  }

  refresh = coalesced(async () => {
    const status = await backend.account();
    const { signed_in, user_id, email } = status;
    const known = this.#status;
    // Only the answer to the change tells of it; it waits until it is the address.
    const waits = signed_in && known?.user_id === user_id && known.new_email !== email;
    this.#status = waits ? { ...status, new_email: known.new_email } : status;
    // Whoever was let in by another way needs no code any more.
    if (signed_in) this.#mail = null;
  });

  signIn(server: ServerChoice, email: string, password: string): Promise<void> {
    return this.#enter("enter", server, email, { password });
  }

  signUp(server: ServerChoice, email: string, password: string): Promise<void> {
    return this.#enter("enter", server, email, { new_password: password });
  }

  async sendCode(
    server: ServerChoice,
    email: string,
    purpose: CodeRequest["purpose"],
  ): Promise<boolean> {
    this.#server = server;
    const step = this.#mail === null ? "enter" : "code";
    const isSent = await this.#change(step, () => backend.sendCode({ server, email, purpose }));
    if (isSent) this.#mail = { to: email.trim(), purpose };
    return isSent;
  }

  /** What confirms a new account can be sent as a code to sign in with, too. */
  async sendAgain(): Promise<boolean> {
    if (this.#mail === null) return false;
    const { to, purpose } = this.#mail;
    return this.sendCode(this.#server, to, purpose === "recovery" ? purpose : "sign_in");
  }

  async enterCode(code: string): Promise<void> {
    if (this.#mail === null) return;
    const { to, purpose } = this.#mail;
    await this.#enter("code", this.#server, to, proofBy(code, purpose));
  }

  /** The mail was sent to an address that is not meant. */
  forgetMail(): void {
    this.#email = this.#mail?.to ?? "";
    this.#mail = null;
    this.dismissError();
  }

  async join(choice: Joining): Promise<void> {
    await this.#change("join", () => backend.join(choice));
  }

  async changePassword(password: string): Promise<boolean> {
    const isDone = await this.#change("password", () => backend.changePassword(password));
    if (isDone) this.#hasForgotten = false;
    return isDone;
  }

  /** The present address stays until the new one is confirmed. */
  changeEmail(email: string): Promise<boolean> {
    return this.#change("email", () => backend.changeEmail(email));
  }

  signOut(removeLocal: boolean): Promise<boolean> {
    return this.#change("sign_out", () => backend.signOut(removeLocal));
  }

  signOutOthers(): Promise<boolean> {
    return this.#change("others", () => backend.signOutOthers());
  }

  deleteAccount(): Promise<boolean> {
    return this.#change("delete", () => backend.deleteAccount());
  }

  /** Nothing where not even that could be found out. */
  async checkServer(server: ServerChoice): Promise<ServerCheck | null> {
    return this.#attempt("enter", () => backend.checkServer(server));
  }

  /** Whatever the core asks about the rows here is asked of the person. */
  async #enter(step: Step, server: ServerChoice, email: string, proof: Proof): Promise<void> {
    this.#server = server;
    this.#hasForgotten = "recovery_code" in proof;
    const request = { server, email, proof, local_rows: "ask" } as const;
    if (await this.#change(step, () => backend.signIn(request))) {
      const to = this.#status?.mail_sent_to ?? null;
      this.#mail = to === null ? null : { to, purpose: "sign_up" };
    } else if (step === "enter" && this.errorOf(step)?.code === "email_unconfirmed") {
      // The code from the mail is what is missing, so it is asked for.
      this.#mail = { to: email, purpose: "sign_up" };
      this.#trouble &&= { ...this.#trouble, step: "code" };
    }
  }

  /** Whether it was done. */
  async #change(step: Step, work: () => Promise<AccountStatus>): Promise<boolean> {
    const status = await this.#attempt(step, work);
    if (status !== null) this.#status = status;
    return status !== null;
  }

  /** One thing at a time; null where it was refused. */
  async #attempt<T>(step: Step, work: () => Promise<T>): Promise<T | null> {
    if (this.#isBusy) return null;
    this.#isBusy = true;
    this.#trouble = null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.#trouble = { step, error };
      return null;
    } finally {
      this.#isBusy = false;
    }
  }
}

function proofBy(code: string, purpose: Mail["purpose"]): Proof {
  const digits = code.replace(/\s/g, "");
  switch (purpose) {
    case "sign_in":
      return { code: digits };
    case "sign_up":
      return { sign_up_code: digits };
    case "recovery":
      return { recovery_code: digits };
  }
}
