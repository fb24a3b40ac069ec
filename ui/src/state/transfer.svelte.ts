import * as backend from "../backend";
import type { Format, ImportReport, Progress } from "../backend";

/** What became of the last import; `ended` by the person before its end. */
export type Outcome = { type: "imported"; report: ImportReport } | { type: "ended" };

/** What leaves in files, and what comes in. */
export class Transfer {
  #isImporting = $state(false);
  #progress: Progress | null = $state.raw(null);
  #outcome: Outcome | null = $state.raw(null);

  /** Since a file was asked for. */
  get isImporting(): boolean {
    return this.#isImporting;
  }

  /** Nothing before a file was chosen. */
  get progress(): Progress | null {
    return this.#progress;
  }

  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** Answers with the path of the file. */
  /** Where it is. */
  async keepPicture(year: number, picture: Blob): Promise<string> {
    return backend.keepPicture(year, new Uint8Array(await picture.arrayBuffer()));
  }

  export(format: Format): Promise<string> {
    return backend.exportAll(format);
  }

  /** Asks for a file and takes in what is newer in it. One at a time. */
  async import(): Promise<void> {
    if (this.#isImporting) return;
    this.#isImporting = true;
    try {
      const report = await backend.importFile((progress) => {
        this.#follow(progress);
      });
      if (report !== null) this.#outcome = { type: "imported", report };
      else if (this.#progress !== null) this.#outcome = { type: "ended" };
    } catch (error) {
      this.#outcome = null;
      throw error;
    } finally {
      this.#isImporting = false;
      this.#progress = null;
    }
  }

  #follow(progress: Progress): void {
    // What comes late says nothing of an import that is over.
    if (!this.#isImporting) return;
    if (this.#progress === null) this.#outcome = null;
    this.#progress = progress;
  }

  endImport(): Promise<void> {
    return backend.endImport();
  }
}
