/** Reads the fields of a form by their names; what is not there is empty. */
export type Fields = (name: string) => string;

/** What stands in the form now. */
export function fieldsIn(form: HTMLFormElement): Fields {
  const data = new FormData(form);
  return (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };
}

/** Whether these can be sent as they are; the first that cannot gets the focus, and says why. */
export const areValid = (fields: HTMLInputElement[]): boolean =>
  fields.every((field) => field.reportValidity());
