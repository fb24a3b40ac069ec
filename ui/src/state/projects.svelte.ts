import * as backend from "../backend";
import type { Project, ProjectLists, ProjectRequest } from "../backend";
import { coalesced } from "../logic/coalesce";
import type { Undo } from "./undo.svelte";

/** What particles are gathered under, by name. */
export class Projects {
  readonly #undo: Undo;
  #lists: ProjectLists = $state.raw({ kept: [], deleted: [] });

  readonly #active = $derived.by(() => this.#lists.kept.filter(({ archived }) => !archived));
  readonly #archived = $derived.by(() => this.#lists.kept.filter(({ archived }) => archived));
  readonly #byId = $derived.by(() =>
    Object.fromEntries(this.#lists.kept.map((each) => [each.id, each])),
  );
  readonly #alike = $derived.by(() => alikeNames(this.#lists.kept));

  constructor(undo: Undo) {
    this.#undo = undo;
  }

  get active(): Project[] {
    return this.#active;
  }

  get archived(): Project[] {
    return this.#archived;
  }

  get deleted(): Project[] {
    return this.#lists.deleted;
  }

  /** The project with this id; nothing for one that is deleted or has not arrived. */
  find(id: string | null): Project | null {
    return id === null ? null : (this.#byId[id] ?? null);
  }

  /** Another project has the same name, so that the name does not say which is meant. */
  isAmbiguous(project: Project): boolean {
    return this.#alike.includes(project.name);
  }

  refresh = coalesced(async () => {
    this.#lists = await backend.projects();
  });

  add = (name: string) => this.#change({ add: { name, brightness: null } });
  rename = ({ id }: Project, name: string) => this.#change({ rename: [id, name] });
  restore = ({ id }: Project) => this.#change({ restore: id });

  setBrightness = ({ id }: Project, brightness: number) =>
    this.#change({ set_brightness: [id, brightness] });

  setArchived = ({ id }: Project, archived: boolean) =>
    this.#change(archived ? { archive: id } : { unarchive: id });

  async remove(project: Project): Promise<void> {
    await this.#change({ delete: project.id });
    this.#undo.did({
      text: "projects.was_deleted",
      values: { name: project.name },
      undo: () => this.restore(project),
    });
  }

  async #change(request: ProjectRequest): Promise<Project> {
    const project = await backend.changeProject(request);
    await this.refresh();
    return project;
  }
}

function alikeNames(projects: Project[]): string[] {
  const names = projects.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index);
}
