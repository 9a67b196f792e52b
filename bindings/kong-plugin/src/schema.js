'use strict'

// The configuration's schema in Kong's own form, made from the schema that the filter ships with for Kong's Wasm.

const fs = require('node:fs')
const path = require('node:path')

const META = path.join(__dirname, '..', 'filter', 'gatepass_filter.meta.json')

/** The filter's JSON Schema (draft 4). */
const root = JSON.parse(fs.readFileSync(META, 'utf8')).config_schema

/** Follows a reference into `definitions`. */
function resolve(schema) {
  const name = schema.$ref?.replace('#/definitions/', '')
  return name === undefined ? schema : { ...root.definitions[name], ...schema, $ref: undefined }
}

/** One schema for all alternatives: Kong's schemas have none. What goes together is checked by the filter itself. */
function merged(schema) {
  const alternatives = (schema.oneOf ?? schema.anyOf ?? []).map(resolve).filter((one) => one.type === 'object')
  if (alternatives.length === 0) return schema
  const properties = {}
  for (const { properties: more } of alternatives) {
    for (const [name, property] of Object.entries(more)) {
      const known = properties[name]
      properties[name] = known?.enum ? { ...known, enum: [...known.enum, ...property.enum] } : property
    }
  }
  const isNeeded = (name) => alternatives.every(({ required }) => required?.includes(name))
  return { type: 'object', properties, required: Object.keys(properties).filter(isNeeded) }
}

/** The fields of a record. */
function fields(schema) {
  return Object.entries(schema.properties).map(([name, property]) => {
    const required = schema.required?.includes(name) ? { required: true } : {}
    return { [name]: { ...field(name, resolve(property)), ...required } }
  })
}

function field(name, schema) {
  const described = schema.description === undefined ? {} : { description: schema.description }
  const type = kongType(name, merged(schema))
  // A secret may be a reference into one of Kong's vaults, and is not stored in clear where Kong can encrypt.
  const secret = name === 'bearer_token' ? { referenceable: true, encrypted: true } : {}
  return { ...type, ...described, ...secret }
}

function kongType(name, schema) {
  switch (schema.type) {
    case 'object':
      return { type: 'record', required: false, fields: fields(schema) }
    case 'array': {
      const least = schema.minItems === undefined ? {} : { len_min: schema.minItems }
      return { type: 'array', ...least, elements: kongType(name, merged(resolve(schema.items))) }
    }
    case 'integer':
      return { type: 'integer', ...numbers(schema) }
    case 'boolean':
      return { type: 'boolean' }
    default:
      return { type: 'string', ...strings(name, schema) }
  }
}

function numbers({ enum: oneOf, minimum, maximum }) {
  if (oneOf !== undefined) return { one_of: oneOf }
  return minimum === undefined ? {} : { between: [minimum, maximum] }
}

function strings(name, { enum: oneOf, minLength, maxLength }) {
  if (oneOf !== undefined) {
    // The same configuration in another proxy: only Kong's is right here.
    return { one_of: name === 'host' && oneOf.includes('kong') ? ['kong'] : oneOf }
  }
  const least = minLength > 1 ? { len_min: minLength } : minLength === undefined ? { len_min: 0 } : {}
  return { ...least, ...(maxLength === undefined ? {} : { len_max: maxLength }) }
}

module.exports = { fields: fields(root), root, resolve, merged }
