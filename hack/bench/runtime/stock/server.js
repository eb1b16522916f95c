// The profile API as a tutorial for express and pg has it. It is measured beside the project's server.
import express from "express";
import { pino } from "pino";
import { authenticate, refuse } from "./auth.js";
import { profiles } from "./profiles.js";

const log = pino();
const app = express();

app.use((request, response, next) => {
  const began = performance.now();
  response.on("finish", () => {
    const ms = Math.round((performance.now() - began) * 10) / 10;
    log.info(
      { method: request.method, path: request.path, status: response.statusCode, ms, subject: request.subject },
      "answered",
    );
  });
  next();
});
app.get("/ready", (_request, response) => response.json({ status: "ok" }));
app.use(express.json());
app.use("/api/v1/profiles", authenticate, profiles);
app.use((_request, response) => refuse(response, 404, "There is nothing here."));
app.use((error, _request, response, _next) => {
  log.error(error);
  refuse(response, error.status ?? 500, error.status ? error.message : "The service failed.");
});

const server = app.listen(Number(process.env.SERVER_PORT), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close(() => process.exit());
  server.closeIdleConnections();
});
