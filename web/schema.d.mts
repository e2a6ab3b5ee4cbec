/** The types of the server's API description, as text. */
export function schemaText(): Promise<string>;
