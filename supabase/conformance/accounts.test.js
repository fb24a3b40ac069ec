// The auth door, as supabase-js asks it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { start } from "./local-supabase.js";

const PASSWORD = "correct horse battery";

let supabase;
before(async () => {
  supabase = await start();
});
after(() => supabase?.stop());

/** Signs somebody up, and fails the test if that fails. */
async function signedUp(email) {
  const client = supabase.client();
  const { data, error } = await client.auth.signUp({ email, password: PASSWORD });
  assert.equal(error, null);
  return { client, ...data };
}

test("signing up signs in, and the client knows who it is", async () => {
  const { client, session, user } = await signedUp("ada@example.org");
  assert.equal(user.email, "ada@example.org");
  assert.equal(session.token_type, "bearer");
  assert.ok(session.expires_at > Date.now() / 1000 + 3500, "the session lives for an hour");
  const asked = await client.auth.getUser();
  assert.equal(asked.error, null);
  assert.equal(asked.data.user.id, user.id);
});

test("signing up twice is refused with a code", async () => {
  await signedUp("twice@example.org");
  const again = await supabase
    .client()
    .auth.signUp({ email: "twice@example.org", password: PASSWORD });
  assert.equal(again.error.code, "user_already_exists");
  assert.equal(again.error.status, 422);
});

test("a weak password is refused with its reasons", async () => {
  const { error } = await supabase
    .client()
    .auth.signUp({ email: "weak@example.org", password: "abc" });
  assert.equal(error.code, "weak_password");
  assert.deepEqual(error.reasons, ["length"]);
});

test("a password signs in, and a wrong one or an unknown address do not", async () => {
  await signedUp("bob@example.org");
  const client = supabase.client();
  const right = await client.auth.signInWithPassword({
    email: "bob@example.org",
    password: PASSWORD,
  });
  assert.equal(right.error, null);
  for (const email of ["bob@example.org", "nobody@example.org"]) {
    const wrong = await supabase.client().auth.signInWithPassword({ email, password: "guess" });
    assert.equal(wrong.error.code, "invalid_credentials", email);
    assert.equal(wrong.error.status, 400);
  }
});

test("a refresh gives new tokens for the same person", async () => {
  const { client, session, user } = await signedUp("cleo@example.org");
  const { data, error } = await client.auth.refreshSession();
  assert.equal(error, null);
  assert.notEqual(data.session.refresh_token, session.refresh_token);
  assert.equal(data.user.id, user.id);
});

test("a refresh token that nobody gave out is refused", async () => {
  const { error } = await supabase.client().auth.refreshSession({ refresh_token: "made-up" });
  assert.equal(error.code, "refresh_token_not_found");
});

test("two clients that lost a race for a refresh end with the same session", async () => {
  const { session } = await signedUp("dora@example.org");
  const refresh = () =>
    supabase.client().auth.refreshSession({ refresh_token: session.refresh_token });
  const outcomes = await Promise.all([refresh(), refresh(), refresh()]);
  const tokens = outcomes.map(({ data }) => data.session?.refresh_token);
  assert.ok(tokens[0], "the refresh works");
  assert.equal(new Set(tokens).size, 1, "and gives one token, however many ask");
});

test("a code from a mail signs in, once", async () => {
  const email = "emma@example.org";
  const client = supabase.client();
  assert.equal((await client.auth.signInWithOtp({ email })).error, null);
  const token = await supabase.codeFor(email);
  assert.match(token, /^\d{6}$/);
  const first = await client.auth.verifyOtp({ email, token, type: "email" });
  assert.equal(first.error, null);
  assert.equal(first.data.user.email, email);
  const again = await supabase.client().auth.verifyOtp({ email, token, type: "email" });
  assert.equal(again.error.code, "otp_expired");
  assert.equal(again.error.status, 403);
});

test("a second mail to one address has to wait", async () => {
  const email = "finn@example.org";
  assert.equal((await supabase.client().auth.signInWithOtp({ email })).error, null);
  const { error } = await supabase.client().auth.signInWithOtp({ email });
  assert.equal(error.code, "over_email_send_rate_limit");
  assert.equal(error.status, 429);
});

test("who forgot the password sets another with a code", async () => {
  const email = "gwen@example.org";
  await signedUp(email);
  const client = supabase.client();
  assert.equal((await client.auth.resetPasswordForEmail(email)).error, null);
  const token = await supabase.codeFor(email);
  const verified = await client.auth.verifyOtp({ email, token, type: "recovery" });
  assert.equal(verified.error, null);

  const same = await client.auth.updateUser({ password: PASSWORD });
  assert.equal(same.error.code, "same_password");
  const changed = await client.auth.updateUser({ password: "another good one" });
  assert.equal(changed.error, null);

  const other = supabase.client();
  const old = await other.auth.signInWithPassword({ email, password: PASSWORD });
  assert.equal(old.error.code, "invalid_credentials");
  const fresh = await other.auth.signInWithPassword({ email, password: "another good one" });
  assert.equal(fresh.error, null);
});

test("signing out ends the session on the server, too", async () => {
  const { client, session } = await signedUp("hugo@example.org");
  assert.equal((await client.auth.signOut()).error, null);
  assert.equal((await client.auth.getSession()).data.session, null);
  // What supabase-js makes of the code session_not_found.
  const user = await supabase.client().auth.getUser(session.access_token);
  assert.equal(user.error.name, "AuthSessionMissingError");
  const { refresh_token } = session;
  const refresh = await supabase.client().auth.refreshSession({ refresh_token });
  assert.equal(refresh.error.code, "refresh_token_not_found");
});
