import { randomUUID } from "node:crypto";
import express from "express";
import { Pool } from "pg";
import { z } from "zod";
import { needs, refuse } from "./auth.js";
import * as cache from "./cache.js";

const db = new Pool({
  host: process.env.DB_HOST,
  port: Number(process.env.DB_PORT),
  user: process.env.DB_USER,
  password: process.env.DB_PASSWORD,
  database: process.env.DB_NAME,
});

const input = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u),
  email: z.string().trim().max(254).check(z.email()),
  bio: z.string().trim().max(2000).optional(),
});
const page = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

export const profiles = express.Router();

profiles.param("id", (_request, response, next, id) => {
  if (z.uuid().safeParse(id).success) next();
  else refuse(response, 400, "The id is a UUID.", ["id"]);
});

profiles.post("/", needs("editor"), async (request, response) => {
  const profile = parse(input, request.body, response);
  if (profile === undefined) return;
  try {
    const { rows } = await db.query("INSERT INTO profiles (id, name, email, bio) VALUES ($1, $2, $3, $4) RETURNING *", [
      randomUUID(),
      profile.name,
      profile.email,
      profile.bio,
    ]);
    const created = toProfile(rows[0]);
    response.status(201).location(`/api/v1/profiles/${created.id}`).json({ profile: created, source: "database" });
  } catch (error) {
    refuseTakenEmail(error, response);
  }
});

profiles.get("/", needs("viewer"), async (request, response) => {
  const query = parse(page, request.query, response);
  if (query === undefined) return;
  const { rows } = await db.query("SELECT * FROM profiles ORDER BY created_at, id LIMIT $1 OFFSET $2", [
    query.limit,
    query.offset,
  ]);
  response.json({ profiles: rows.map(toProfile) });
});

profiles.get("/:id", needs("viewer"), async (request, response) => {
  const { id } = request.params;
  const cached = await cache.get(id);
  if (cached !== undefined) {
    response.json({ profile: cached, source: "cache" });
    return;
  }
  const { rows } = await db.query("SELECT * FROM profiles WHERE id = $1", [id]);
  if (rows.length === 0) {
    refuse(response, 404, "There is no such profile.");
    return;
  }
  const profile = toProfile(rows[0]);
  await cache.put(profile);
  response.json({ profile, source: "database" });
});

profiles.put("/:id", needs("editor"), async (request, response) => {
  const { id } = request.params;
  const profile = parse(input, request.body, response);
  if (profile === undefined) return;
  try {
    const { rows } = await db.query(
      `UPDATE profiles SET name = $2, email = $3, bio = $4, version = version + 1, updated_at = now()
       WHERE id = $1 RETURNING *`,
      [id, profile.name, profile.email, profile.bio],
    );
    if (rows.length === 0) {
      refuse(response, 404, "There is no such profile.");
      return;
    }
    const replaced = toProfile(rows[0]);
    await cache.refresh(replaced);
    response.json({ profile: replaced, source: "database" });
  } catch (error) {
    refuseTakenEmail(error, response);
  }
});

profiles.delete("/:id", needs("admin"), async (request, response) => {
  const { id } = request.params;
  const { rowCount } = await db.query("DELETE FROM profiles WHERE id = $1", [id]);
  if (rowCount === 0) {
    refuse(response, 404, "There is no such profile.");
    return;
  }
  await cache.remove(id);
  response.status(204).end();
});

function parse(schema, value, response) {
  const { success, data, error } = schema.safeParse(value ?? {});
  if (success) return data;
  const fields = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  refuse(response, 400, "Correct these fields.", fields);
  return undefined;
}

function refuseTakenEmail(error, response) {
  if (error.code !== "23505") throw error;
  refuse(response, 409, "Another profile has this e-mail address.", ["email"]);
}

function toProfile({ id, name, email, bio, version, created_at, updated_at }) {
  return { id, name, email, bio: bio ?? undefined, version, createdAt: created_at, updatedAt: updated_at };
}
