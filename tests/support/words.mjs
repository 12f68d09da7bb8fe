// Writes what the pages say as JSON: what each key says in English and in Russian.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

// the sources name each other as they are called once they are built
registerHooks({ resolve: (name, context, next) => next(name.replace(/\.js$/, ".ts"), context) });

const [, , source] = process.argv;
const said = [];
for (const folder of ["account/words", "console/words", "shared/words/events"]) {
  const [{ en }, { ru }] = await Promise.all(
    ["en", "ru"].map((code) => import(pathToFileURL(`${source}/${folder}/${code}.ts`))),
  );
  said.push(...Object.keys(en).map((key) => [en[key], ru[key]]));
}
console.log(JSON.stringify(said));
