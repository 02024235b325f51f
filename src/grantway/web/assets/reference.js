// Opens the API reference: the viewer from the package, told how we want it.

const place = document.getElementById("reference");

// The viewer writes samples for many languages and asks which to leave out. What stays is
// curl, Python with requests, JavaScript with fetch, and PHP with Guzzle.
const HIDDEN_SAMPLES = [
  ...["c", "clojure", "csharp", "dart", "fsharp", "go", "http", "java", "julia", "kotlin", "node", "objc"],
  ...["ocaml", "powershell", "r", "ruby", "rust", "swift"],
  ...["js/axios", "js/jquery", "js/ofetch", "js/xhr"],
  ...["php/curl", "php/laravel"],
  ...["python/aiohttp", "python/httpx_async", "python/httpx_sync", "python/python3"],
  ...["shell/httpie", "shell/wget"],
];

const SETTINGS = {
  url: new URL(place.dataset.document, location.href).href,

  // Nothing is fetched from, asked of or told to anybody else.
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,

  // A token stays in the open page and is never written to the browser's storage.
  persistAuth: false,
  authentication: { preferredSecurityScheme: "token" },

  hiddenClients: HIDDEN_SAMPLES,
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },

  // On a narrow window the answer comes below what was sent, out of sight.
  onResponseReceived: () => {
    setTimeout(() => document.querySelector(".response-section-content")?.scrollIntoView({ block: "nearest" }), 150);
  },

  // Colours are in reference.css and follow the system, as on all our pages.
  theme: "none",
  hideDarkModeToggle: true,
  // The header has the link to the document.
  documentDownloadType: "none",
  orderSchemaPropertiesBy: "preserve",

  localization: {
    locale: "en",
    translations: { clientLibraries: { heading: "Samples in" }, operation: { testRequest: "Try it" } },
  },
};

// The viewer writes the call alone. This makes it a program that runs as pasted and shows
// the answer; build.mjs put the call to it into the viewer.
globalThis.completeSample = (language, call) => {
  if (!call) return call;
  switch (language) {
    case "python":
      return `import requests\n\nresponse = ${call.trim()}\nprint(response.status_code, response.text)`;
    case "js":
      return `${call.trim()}\n  .then((response) => response.text())\n  .then(console.log, console.error)`;
    case "php":
      return `<?php\nrequire 'vendor/autoload.php';\n\n${call.trim()}\n\necho $response->getBody();`;
    default:
      return call;
  }
};

async function open() {
  try {
    const { createApiReference } = await import(place.dataset.viewer);
    place.replaceChildren();
    createApiReference(place, SETTINGS);
  } catch (error) {
    console.error(error);
    place.querySelector("[data-waiting]").textContent =
      "The reference could not be opened. Reload the page; if that does not help, read openapi.json instead.";
  }
}

open();
