export * from "./v1alpha1/index.ts";
