import { part } from "./part.ts";

await part(5);
