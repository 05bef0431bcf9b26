import { enableCompileCache } from 'node:module';

// Imported before everything else: what is loaded afterwards starts from its compiled form.
enableCompileCache();
