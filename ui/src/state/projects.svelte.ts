import * as backend from "../backend";
import type { Project, ProjectLists, ProjectRequest } from "../backend";
import { coalesced } from "../logic/coalesce";
import type { Undo } from "./undo.svelte";

/** What a person gives a project. */
export type Look = Pick<Project, "name" | "brightness">;

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

  add = (look: Look) => this.#change({ add: look });
  restore = ({ id }: Project) => this.#change({ restore: id });

  /** Gives it the name and the grey of `wanted`. */
  async edit(project: Project, wanted: Look): Promise<void> {
    if (!(await this.#dress(project, wanted))) return;
    this.#undo.did({
      text: "projects.was_changed",
      values: { name: wanted.name },
      row: project.id,
      undo: () => this.#dress({ ...project, ...wanted }, project),
    });
  }

  async setArchived(project: Project, archived: boolean): Promise<void> {
    await this.#archive(project, archived);
    this.#undo.did({
      text: archived ? "projects.was_archived" : "projects.was_unarchived",
      values: { name: project.name },
      row: project.id,
      undo: () => this.#archive(project, !archived),
    });
  }

  async remove(project: Project): Promise<void> {
    await this.#change({ delete: project.id });
    this.#undo.did({
      text: "projects.was_deleted",
      values: { name: project.name },
      row: project.id,
      undo: () => this.restore(project),
    });
  }

  /** Gives everything of `project` to another, in which it ends. */
  async merge(project: Project, into: Project): Promise<void> {
    await this.#change({ merge: { from: project.id, into: into.id } });
    this.#undo.did({
      text: "projects.was_merged",
      values: { name: project.name, into: into.name },
      row: project.id,
      undo: () => this.restore(project),
    });
  }

  /** Those that `project` can be merged into, first of them those of its name. */
  others(project: Project): Project[] {
    const others = this.#lists.kept.filter(({ id }) => id !== project.id);
    const isNamesake = ({ name }: Project) => name === project.name;
    return [...others.filter(isNamesake), ...others.filter((other) => !isNamesake(other))];
  }

  /** Whether there was anything to change. */
  async #dress({ id, ...is }: Project, wanted: Look): Promise<boolean> {
    const name = wanted.name === is.name ? null : wanted.name;
    const brightness = wanted.brightness === is.brightness ? null : wanted.brightness;
    if (name === null && brightness === null) return false;
    await this.#change({ edit: { key: id, name, brightness } });
    return true;
  }

  #archive = ({ id }: Project, archived: boolean) =>
    this.#change(archived ? { archive: id } : { unarchive: id });

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
