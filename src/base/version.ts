import { version } from "../../package.json";

export const VERSION: string = version;

/** Of what --json prints: raised when a field goes away, or changes its name, type, unit or what null means. Fields are added without. */
export const JSON_VERSION = 1;
