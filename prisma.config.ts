import { defineConfig } from 'prisma/config';

// The command line wants a native engine binary that this project never uses; any existing file satisfies it.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });
