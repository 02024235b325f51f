/** Where the modules that widgets ask for come from: ids of the dialect, and our files. */

declare const __LIBRARY_MARKS__: Record<string, string>;

interface Library {
  file: string;
  /** For a file that is no AMD module: what it needs, and the global that it leaves. */
  shim?: { deps?: string[]; exports?: string };
}

/** By id. */
const LIBRARIES: Record<string, Library> = {
  jquery: { file: "jquery" },
  underscore: { file: "underscore" },
  backbone: { file: "backbone" },
  "twig-library": { file: "twig" },
  moment: { file: "moment" },
  pubsub: { file: "pubsub" },
  store: { file: "store" },
  clipboard: { file: "clipboard" },
  chartjs: { file: "chart" },
  cocktail: { file: "cocktail" },
  accounting: { file: "accounting" },
  enquire: { file: "enquire" },
  "js-uuid": { file: "js-uuid" },
  fullcalendar: { file: "fullcalendar" },
  quill: { file: "quill" },
  cropperjs: { file: "cropper" },
  "google-libphonenumber": { file: "libphonenumber" },
  rangeslider: { file: "rangeslider" },
  "jquery-ui": { file: "jquery-ui" },
  jplayer: { file: "jplayer" },
  device: { file: "device" },
  FileAPI: { file: "fileapi" },
  steady: { file: "steady", shim: { exports: "Steady" } },
  "virtualized-list": { file: "virtualized-list" },
  "browser-detect": { file: "browser-detect" },
  "intl-tel-input": { file: "intl-tel-input" },
  "intl-tel-input-utils": { file: "intl-tel-input-utils", shim: { deps: ["intl-tel-input"], exports: "intlTelInputUtils" } },
};

/** Second names, because widgets ask under both. */
const OTHER_NAMES: Record<string, string> = {
  intl_tel_input: "intl-tel-input",
  twig: "twigjs",
  chart: "chartjs",
  uuid: "js-uuid",
  libphonenumber: "google-libphonenumber",
};

/** Returns the address of a built file, with the mark that lets browsers keep it for ever. */
export function assetAddress(base: string, file: string): string {
  const mark = __LIBRARY_MARKS__[file];
  return mark ? `${base}/${file}?v=${mark}` : `${base}/${file}`;
}

export interface LoaderConfig {
  baseUrl: string;
  paths: Record<string, string>;
  shim: Record<string, { deps?: string[]; exports?: string }>;
  map: Record<string, Record<string, string>>;
  waitSeconds: number;
}

// A widget's file that has not come by then counts as not loaded; others do not wait for it.
const WAIT_SECONDS = 30;

export function loaderConfig(base: string): LoaderConfig {
  const paths: LoaderConfig["paths"] = {};
  const shim: LoaderConfig["shim"] = {};
  for (const [id, library] of Object.entries(LIBRARIES)) {
    const address = assetAddress(base, `lib/${library.file}.js`);
    // The loader adds the ending itself, unless there is a query.
    paths[id] = address.includes("?") ? address : address.replace(/\.js$/, "");
    if (library.shim) shim[id] = library.shim;
  }
  return { baseUrl: `${base}/lib`, paths, shim, map: { "*": OTHER_NAMES }, waitSeconds: WAIT_SECONDS };
}

/** Addresses of what every page with widgets loads. */
export function firstAddresses(base: string): string[] {
  return ["require", "jquery", "underscore", "backbone", "twig", "moment"].map((name) => assetAddress(base, `lib/${name}.js`));
}
