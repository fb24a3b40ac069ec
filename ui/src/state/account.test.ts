import { afterEach, describe, expect, test, vi } from "vitest";
import * as backend from "../backend";
import { Account } from "./account.svelte";
import { account as status } from "./fixtures";

vi.mock("../backend", async (original) => {
  const { BackendError } = await original<typeof backend>();
  const calls = ["account", "changePassword", "checkServer", "join", "sendCode", "signIn"];
  return { BackendError, ...Object.fromEntries(calls.map((name) => [name, vi.fn()])) };
});

const SERVER = { url: "https://abcd.supabase.co", key: "sb_publishable_1" };
const EMAIL = "ada@example.org";
const signedIn = status({ signed_in: true, email: EMAIL, kept_in: "keyring" });

const refusal = (code: backend.ErrorCode) => new backend.BackendError(code, "no");
const proofs = () => vi.mocked(backend.signIn).mock.calls.map(([{ proof }]) => proof);

afterEach(() => vi.resetAllMocks());

test("the status is what the core says, and nothing before it did", async () => {
  const account = new Account();
  expect(account.status).toBeNull();
  vi.mocked(backend.account).mockResolvedValue(signedIn);
  await account.refresh();
  expect(account.status).toEqual(signedIn);
});

test("signing in lets the person be asked about the rows that are here", async () => {
  const account = new Account();
  const question = { email: EMAIL, particles: 127, projects: 12, account_is_empty: true };
  vi.mocked(backend.signIn).mockResolvedValue(status({ question }));
  await account.signIn(SERVER, EMAIL, "secret");
  expect(backend.signIn).toHaveBeenCalledWith({
    server: SERVER,
    email: EMAIL,
    proof: { password: "secret" },
    local_rows: "ask",
  });
  vi.mocked(backend.join).mockResolvedValue(signedIn);
  await account.join("later");
  expect(account.status).toEqual(signedIn);
});

describe("what is refused", () => {
  test("is told beside the form of it, until the next attempt", async () => {
    const account = new Account();
    vi.mocked(backend.signIn).mockRejectedValue(refusal("credentials_wrong"));
    await account.signIn(SERVER, EMAIL, "wrong");
    expect(account.errorOf("enter")?.code).toBe("credentials_wrong");
    expect(account.errorOf("password")).toBeNull();
    expect(account.isBusy).toBe(false);
    vi.mocked(backend.signIn).mockResolvedValue(signedIn);
    await account.signIn(SERVER, EMAIL, "right");
    expect(account.errorOf("enter")).toBeNull();
  });

  test("because an address is not confirmed asks for the code of the mail", async () => {
    const account = new Account();
    vi.mocked(backend.signIn).mockRejectedValueOnce(refusal("email_unconfirmed"));
    await account.signIn(SERVER, EMAIL, "secret");
    expect(account.mail).toEqual({ to: EMAIL, purpose: "sign_up" });
    expect(account.errorOf("code")?.code).toBe("email_unconfirmed");
  });

  test("for no reason of the core is a fault of ours", async () => {
    const account = new Account();
    vi.mocked(backend.signIn).mockRejectedValue(new Error("broken"));
    await expect(account.signIn(SERVER, EMAIL, "secret")).rejects.toThrow("broken");
    expect(account.isBusy).toBe(false);
  });
});

test("a second press while the first is under way asks nothing", async () => {
  const account = new Account();
  let answer: (status: backend.AccountStatus) => void = () => undefined;
  vi.mocked(backend.signIn).mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const first = account.signIn(SERVER, EMAIL, "secret");
  expect(account.isBusy).toBe(true);
  await account.signIn(SERVER, EMAIL, "secret");
  answer(signedIn);
  await first;
  expect(backend.signIn).toHaveBeenCalledOnce();
});

describe("a code", () => {
  async function asked(purpose: "sign_in" | "recovery"): Promise<Account> {
    const account = new Account();
    vi.mocked(backend.sendCode).mockResolvedValue(status({ mail_sent_to: EMAIL }));
    await account.sendCode(SERVER, EMAIL, purpose);
    return account;
  }

  test("goes to the server and the address that it was asked for", async () => {
    const account = await asked("sign_in");
    vi.mocked(backend.signIn).mockResolvedValue(signedIn);
    await account.enterCode(" 123 456 ");
    expect(backend.signIn).toHaveBeenCalledWith({
      server: SERVER,
      email: EMAIL,
      proof: { code: "123456" },
      local_rows: "ask",
    });
    expect(account.mail).toBeNull();
    expect(account.choosesPassword).toBe(false);
  });

  test("is still awaited when the window looks again", async () => {
    const account = await asked("sign_in");
    vi.mocked(backend.account).mockResolvedValue(status());
    await account.refresh();
    expect(account.mail).toEqual({ to: EMAIL, purpose: "sign_in" });
    account.forgetMail();
    expect(account.mail).toBeNull();
  });

  test("that is wrong can be entered again, or sent again", async () => {
    const account = await asked("recovery");
    vi.mocked(backend.signIn).mockRejectedValue(refusal("code_wrong"));
    await account.enterCode("1");
    expect(account.errorOf("code")?.code).toBe("code_wrong");
    expect(account.mail?.to).toBe(EMAIL);
    await account.sendAgain();
    expect(backend.sendCode).toHaveBeenLastCalledWith({
      server: SERVER,
      email: EMAIL,
      purpose: "recovery",
    });
    expect(account.errorOf("code")).toBeNull();
  });

  test("of a new account confirms it", async () => {
    const account = new Account();
    vi.mocked(backend.signIn).mockResolvedValueOnce(status({ mail_sent_to: EMAIL }));
    await account.signUp(SERVER, EMAIL, "secret");
    expect(account.mail).toEqual({ to: EMAIL, purpose: "sign_up" });
    vi.mocked(backend.signIn).mockResolvedValueOnce(signedIn);
    await account.enterCode("123456");
    expect(proofs()).toEqual([{ new_password: "secret" }, { sign_up_code: "123456" }]);
  });

  test("for a forgotten password leads to another one", async () => {
    const account = await asked("recovery");
    vi.mocked(backend.signIn).mockResolvedValue(signedIn);
    await account.enterCode("123456");
    expect(proofs()).toEqual([{ recovery_code: "123456" }]);
    expect(account.choosesPassword).toBe(true);
    vi.mocked(backend.changePassword).mockResolvedValue(signedIn);
    await account.changePassword("another");
    expect(account.choosesPassword).toBe(false);
  });
});

test("an address that waits for its confirmation is told until it is the address", async () => {
  const account = new Account();
  const waits = { ...signedIn, new_email: "new@example.org" };
  vi.mocked(backend.changePassword).mockResolvedValue(waits);
  await account.changePassword("another secret");
  vi.mocked(backend.account).mockResolvedValue(signedIn);
  await account.refresh();
  expect(account.status?.new_email).toBe("new@example.org");
  vi.mocked(backend.account).mockResolvedValue({ ...signedIn, email: "new@example.org" });
  await account.refresh();
  expect(account.status?.new_email).toBeNull();
});

test("whoever was let in by another way needs no code any more", async () => {
  const account = new Account();
  vi.mocked(backend.sendCode).mockResolvedValue(status({ mail_sent_to: EMAIL }));
  expect(await account.sendCode(SERVER, EMAIL, "sign_in")).toBe(true);
  expect(account.mail).not.toBeNull();
  vi.mocked(backend.account).mockResolvedValue(signedIn);
  await account.refresh();
  expect(account.mail).toBeNull();
});
