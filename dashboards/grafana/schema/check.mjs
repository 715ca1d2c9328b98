// Holds dashboards to Grafana's own types, options of each panel included. No file is written: each dashboard becomes a
// module in memory that says `satisfies Dashboard`, and TypeScript judges it.
//
// node check.mjs [FOLDER]      exit code 1 and the errors, if a dashboard is not what Grafana's schema allows
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2] ?? join(here, "..", "dashboards"));

const PANELS = {
  bargauge: "BarGauge",
  heatmap: "Heatmap",
  piechart: "PieChart",
  stat: "Stat",
  table: "Table",
  text: "Text",
  timeseries: "TimeSeries",
};

// JSON has the value of an enum where the schema has the enum itself.
const PLAIN = `
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer Item)[] ? Plain<Item>[]
  : T extends object ? { [Key in keyof T]: Plain<T[Key]> }
  : T;
type PlainPart<T> = Plain<Partial<T>>;
`;

function moduleOf(file) {
  const dashboard = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const imports = Object.entries(PANELS).map(([type, name]) => {
    const path = `@grafana/schema/dist/esm/raw/composable/${type}/panelcfg/x/${name}PanelCfg_types.gen`;
    return `import type { Options as ${name}Options } from "${path}";`;
  });
  const panels = (dashboard.panels ?? []).map((panel, number) => {
    const name = PANELS[panel.type];
    if (!name) throw new Error(`${file}: nobody checks panels of type ${panel.type}; add it to PANELS`);
    return `export const panel${number} = ${JSON.stringify(panel.options ?? {}, null, 1)} satisfies PlainPart<${name}Options>;`;
  });
  return [
    `import type { Dashboard } from "@grafana/schema";`,
    ...imports,
    PLAIN,
    `export const dashboard = ${JSON.stringify(dashboard, null, 1)} satisfies Plain<Dashboard>;`,
    ...panels,
  ].join("\n");
}

const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
if (files.length === 0) throw new Error(`no dashboard in ${folder}`);
const sources = new Map(files.map((file) => [join(here, file.replace(/\.json$/, ".ts")), moduleOf(file)]));

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
const host = ts.createCompilerHost(options);
const onDisk = { exists: host.fileExists, read: host.readFile };
host.fileExists = (path) => sources.has(path) || onDisk.exists(path);
host.readFile = (path) => sources.get(path) ?? onDisk.read(path);
const program = ts.createProgram([...sources.keys()], options, host);
const errors = ts.getPreEmitDiagnostics(program);
if (errors.length > 0) {
  const plainHost = { ...host, getCurrentDirectory: () => here, getNewLine: () => "\n" };
  console.error(ts.formatDiagnostics(errors, plainHost));
  process.exit(1);
}
console.log(`${files.length} dashboards are what @grafana/schema allows: ${files.join(", ")}`);
