import { afterEach, describe, expect, it, vi } from "vitest";

const config = {
  version: "1",
  auth: { mode: "supabase", url: "https://told.supabase.co", anon_key: "told" },
};

interface Made {
  url: string;
  key: string;
}

/** The sign-in client and the addresses asked, with these settings of the build. */
async function built(settings: Record<string, string>) {
  const made: Made[] = [];
  const asked: string[] = [];
  vi.resetModules();
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.doMock("@supabase/supabase-js", () => ({
    createClient: (url: string, key: string) => {
      made.push({ url, key });
      return {
        auth: {
          onAuthStateChange: () => {},
          getSession: () => Promise.resolve({ data: { session: null } }),
        },
      };
    },
  }));
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response(JSON.stringify(config)));
  });
  const session = await import("./session");
  await session.auth();
  return { made: made[0], asked };
}

afterEach(() => {
  vi.doUnmock("@supabase/supabase-js");
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("a client that is hosted apart from the server", () => {
  it("asks the API where the build says it is", async () => {
    const { asked } = await built({ VITE_API_BASE: "https://api.example.org/" });
    expect(asked).toEqual(["https://api.example.org/api/v1/config"]);
  });

  it("signs in at the project of the build", async () => {
    const { made } = await built({
      VITE_SUPABASE_URL: "https://mine.supabase.co",
      VITE_SUPABASE_ANON_KEY: "mine",
    });
    expect(made).toEqual({ url: "https://mine.supabase.co", key: "mine" });
  });

  it("takes from the server what the build leaves open", async () => {
    const { made, asked } = await built({});
    expect(made).toEqual({ url: "https://told.supabase.co", key: "told" });
    expect(asked).toEqual(["/api/v1/config"]);
  });
});
