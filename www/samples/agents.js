/** AI agents of two tenants in one browser: chats, configurations with secrets, tokens. */
import { CHAT_OF_NO_ONE, OTHER_TENANT, TENANT } from "./keys.js";
import { randomFrom } from "./random.js";

const START = Date.UTC(2025, 8, 1, 8);
const at = (minutes) => new Date(START + minutes * 60_000).toISOString();

const QUESTIONS = [
  "Which controls cover access reviews?", "Summarise the open findings of the last audit.",
  "Is the supplier register up to date?", "Draft a note on the backup policy.",
  "What changed in the risk register this week?", "List the owners of overdue actions.",
];
const ANSWERS = [
  "Three controls cover it. Two were tested in spring; the third has no evidence after June.",
  "There are eleven open findings. Four are older than ninety days and have no owner any more.",
  "Of 214 suppliers 9 have no contact. The list is below, by the day of the last review.",
  "Here is a draft of one page. The retention of thirty days is taken from the handbook.",
  "Two risks were closed, one was raised from medium to high after the incident in Lisbon.",
];

/** Messages as the application keeps them: who wrote one is said by `type`. */
function messages(seed, length) {
  const random = randomFrom(seed);
  return Array.from({ length }, (_, index) => {
    const asked = index % 2 === 0;
    const text = asked ? random.pick(QUESTIONS) : Array.from({ length: random.int(2, 12) }, () => random.pick(ANSWERS)).join(" ");
    return { id: `${START + index * 60_000}-${random.token(6)}`, type: asked ? "user" : "agent", content: text, timestamp: at(index) };
  });
}

const agent = (id, name, model, seed) => {
  const random = randomFrom(seed);
  return {
    id, name, description: `${name} of the team`, persona: "Exact and brief.", systemPrompt: `You are ${name}. Name your sources.`,
    llmConfigId: model, enabledMcpServers: ["sec_edgar"], isEnabled: true, createdAt: at(0), usageCount: random.int(2, 80), avatar: "🛡️", color: "#1d5c5f",
  };
};

/** Models with their keys in clear, as the application stores them. None of these opens anything. */
const model = (id, provider, seed) => ({
  id, name: `${provider}, shared`, provider, model: "large", endpoint: "https://models.example/v1",
  apiKey: `sk-demo-SECRET-${randomFrom(seed).token(24)}`, customHeaders: { "x-team": "SECRET-header" }, maxTokens: 4096, temperature: 0.2,
  status: "active", isEnabled: true, createdAt: at(0),
});

const server = (tenant) => ({
  id: `mcp-${tenant.slice(0, 4)}`, tenantId: tenant, serverId: "sec_edgar", enabled: true,
  connectionMapping: { connectionId: "conn-1", connectionType: "llm" },
  serverConfig: { rateLimits: { requestsPerMinute: 30, tokensPerDay: 200_000 }, timeout: 30_000, retryPolicy: { maxRetries: 3, backoffMs: 500 }, env: { EDGAR_TOKEN: "SECRET-environment" } },
  usage: { totalRequests: 42, totalTokens: 18_000, errorCount: 1, averageResponseTime: 812.5 }, healthStatus: "healthy",
});

/** What both tenants have. */
const both = (tenant, name) => [
  [`ai_agents_${tenant}`, [agent("agent-1756713600000", name, "llm-1", tenant), agent(`agent-grc-analyst-${tenant}`, "Risk analyst", "llm-2", `${tenant} 2`)]],
  [`user_llm_configs_${tenant}`, [model("llm-1", "anthropic", `${tenant} 1`), model("llm-2", "azure-openai", `${tenant} 2`)]],
  [`chat_session_${tenant}_agent-1756713600000`, messages(`${tenant} chat`, 124)],
];

const OWN = [
  ...both(TENANT, "Audit reader"),
  [`chat_session_${TENANT}_agent-grc-analyst-${TENANT}`, messages("short", 7)],
  [`agent_chat_${TENANT}_agent_with_underscores`, messages("modal", 51)],
  [`chat_session_${TENANT}_global`, { selectedAgent: "agent-1756713600000", lastUpdated: at(9) }],
  [`agent_metrics_${TENANT}`, { "agent-1756713600000": { totalConversations: 3, averageResponseTime: 1.9 } }],
  [`tenant_mcp_servers_${TENANT}`, [server(TENANT)]],
  [`mcp_server_config_${TENANT}_sec_edgar`, server(TENANT)],
  [`grc_encrypted_credentials_${TENANT}`, [{ id: "cred-1", name: "Register", baseUrl: "https://register.example", encryptedData: "SECRET-ciphertext", iv: "SECRET-iv", salt: "SECRET-salt", isDefault: true, created: at(0), status: "untested" }]],
  ["current_user", { id: "user-001", name: "Ana" }],
  ["current_tenant", { id: TENANT, name: "ACME" }],
  ["auth-storage", { state: { token: "SECRET-token-of-the-library" }, version: 0 }],
  [CHAT_OF_NO_ONE, messages("no one", 4)],
];

/** Texts that are no JSON, or no whole one. */
const RAW = [
  ["theme", "dark"],
  ["current_tenant_id", TENANT],
  ["auth_token", "SECRET-bare-token"],
  ["i18nextLng", "en-GB"],
  // The disk was full when this was saved.
  [`chat_session_${TENANT}_agent-1756713600999`, '[{"id":"1756713600999-a","type":"user","content":"Which contro'],
];

/** Every key and text of the sample. */
export const agentsTexts = () => [...[...OWN, ...both(OTHER_TENANT, "Their reader")].map(([key, value]) => [key, JSON.stringify(value)]), ...RAW];

/** Parts of texts that may be shown nowhere but where the application keeps them. */
export const SECRETS = ["sk-demo-SECRET", "SECRET-header", "SECRET-environment", "SECRET-ciphertext", "SECRET-iv", "SECRET-salt", "SECRET-token-of-the-library", "SECRET-bare-token"];
