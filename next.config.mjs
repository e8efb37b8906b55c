import { fileURLToPath } from 'node:url';

/** @type {import('next').NextConfig} */
export default {
  // The checkout and nothing above it, wherever it lies.
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  poweredByHeader: false,
  // Types are held by `npm run check`; building twice as fast matters on the first start.
  typescript: { ignoreBuildErrors: true },
  // Loaded by Node as they are: drivers, and the queue, which reads its own files.
  serverExternalPackages: ['pg', '@prisma/adapter-pg', '@prisma/client', 'graphile-worker'],
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
};
