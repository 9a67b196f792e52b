import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { portalServer } from "./server/plugin.mjs";

export default defineConfig({
  plugins: [vue(), portalServer(process.env)],
  // Both modules are inlined, so that pages need no loader; the larger one only in the admin's chunk.
  build: { chunkSizeWarningLimit: 2000 },
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1" },
});
