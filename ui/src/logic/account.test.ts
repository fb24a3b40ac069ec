import { expect, test } from "vitest";
import { hostOf, isSameEmail, serverChoice, wrongField } from "./account";

const KNOWN = "https://abcd.supabase.co";

test.each([
  ["", "", null, { url: null, key: null }],
  [KNOWN, "", KNOWN, { url: null, key: null }],
  [` ${KNOWN} `, " key ", null, { url: KNOWN, key: "key" }],
  [KNOWN, "key", KNOWN, { url: null, key: "key" }],
  ["http://127.0.0.1:1", "key", KNOWN, { url: "http://127.0.0.1:1", key: "key" }],
])("%j and %j, where %j is known", (url, key, known, choice) => {
  expect(serverChoice(url, key, known)).toEqual(choice);
});

test("a refusal names the field that is to be mended, if there is one", () => {
  expect(wrongField("password_weak")).toBe("password");
  expect(wrongField("offline")).toBeNull();
  expect(wrongField(undefined)).toBeNull();
});

test("a server is named by its host, also while its address is being written", () => {
  expect(hostOf(`${KNOWN}/`)).toBe("abcd.supabase.co");
  expect(hostOf("abcd")).toBe("abcd");
});

test("an address is the same in letters of either case", () => {
  expect(isSameEmail(" Ada@example.org", "ada@Example.org ")).toBe(true);
  expect(isSameEmail("ada@example.org", "")).toBe(false);
});
