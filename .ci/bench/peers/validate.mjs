// Validates each line of a file with ajv and the JSON Schema of events: validate.mjs SCHEMA FILE
import {createReadStream, readFileSync} from 'node:fs'
import {createInterface} from 'node:readline'
import Ajv from 'ajv/dist/2020.js'

const validate = new Ajv({strict: false}).compile(JSON.parse(readFileSync(process.argv[2], 'utf8')))
let invalid = 0
for await (const line of createInterface({input: createReadStream(process.argv[3])})) {
  if (!validate(JSON.parse(line))) invalid++
}
if (invalid > 0) throw new Error(`${invalid} are invalid`)
