// Loaded before a service by `npm run dev`: however that ends, even by a signal that it cannot hear, the service ends too.
process.channel?.unref();
process.once('disconnect', () => process.exit());
