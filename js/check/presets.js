// What the presets say of keys. A test compares it with what the presets are.

const TASKERINO = { database: "taskerino-db", store: "collections" };

/** Where a streak is carried from. */
export const ANONYMOUS = "cleanStreak_anonymous_state";

/**
 * Registries, without tokens and flags, which are no reason for a run; and whatever has the tenant's id in
 * its name, instead of a form for each class.
 */
export const registries = {
  streak: [{ prefix: "cleanStreak_" }],
  agents: [
    { key: "theme" },
    { pattern: "{any}_{tenant}{rest}" },
    { name: "chat", pattern: "chat_session_{tenant}_{agent}" },
    { name: "chat-modal", pattern: "agent_chat_{tenant}_{agent}" },
    { name: "chat-without-tenant", pattern: "chat_session_{id}", offer: true },
  ],
};

function fields({ preset, state, tenantId = state?.tenantId, claim = state?.claim }) {
  switch (preset) {
    case "taskerino":
      return {
        sources: [
          {
            ...TASKERINO,
            prefix: "sessions/",
            foreign: {
              chunkedMetadata: "/metadata",
              suffixes: ["/summary", "/audio-insights", "/canvas-spec", "/transcription", "/context-items"],
              numbered: ["/screenshots/chunk-", "/audio-segments/chunk-", "/video-chunks/chunk-"],
            },
          },
          { ...TASKERINO, key: "sessions" },
          { kind: "localStorage", key: "taskerino-v3-state" },
        ],
      };
    case "streak":
      return { state: { registry: "streak", carry: "streak" } };
    case "agents":
      return {
        sources: [{ kind: "localStorage", registry: "agents", classes: ["chat", "chat-modal", "chat-without-tenant"], tenantId, claim }],
        state: { registry: "agents" },
      };
  }
  return {};
}

/** A configuration with what its preset fills in. */
export function filledIn(config) {
  const all = fields(config);
  for (const name in config) if (config[name] != null) all[name] = config[name];
  return all;
}
