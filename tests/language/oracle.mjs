// What other programs say of texts and chats, for tests of our own.
//
//   node oracle.mjs PACKAGES encode IN OUT     lines {"tokenizer": FILE, "text": T} -> lines {"ids": [...], "decoded": T}, by the Rust engine
//   node oracle.mjs PACKAGES render IN OUT     lines {"template": T, "variables": {...}} -> lines {"text": T} or {"error": E}, by @huggingface/jinja
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, mode, input, output] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(packages, 'package.json')));
const lines = readFileSync(input, 'utf8').split('\n').filter((line) => line.length > 0).map((line) => JSON.parse(line));
const results = [];

if (mode === 'encode') {
  const { Tokenizer } = require('tokenizers');
  const tokenizers = new Map();
  for (const { tokenizer, text } of lines) {
    if (!tokenizers.has(tokenizer)) tokenizers.set(tokenizer, Tokenizer.fromFile(tokenizer));
    const engine = tokenizers.get(tokenizer);
    const ids = [...(await engine.encode(text, null, { addSpecialTokens: false })).getIds()];
    results.push({ ids, decoded: await engine.decode(ids, false) });
  }
} else {
  const { Template } = await import(pathToFileURL(require.resolve('@huggingface/jinja')));
  const templates = new Map();
  for (const { template, variables } of lines) {
    try {
      if (!templates.has(template)) templates.set(template, new Template(template));
      results.push({ text: templates.get(template).render(variables) });
    } catch (error) {
      results.push({ error: String(error.message) });
    }
  }
}

writeFileSync(output, results.map((result) => JSON.stringify(result)).join('\n') + '\n');
