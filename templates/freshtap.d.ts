// The tracking plan of SITE, for pages in TypeScript: what freshpaint is, and which events it knows.

/*% if send != "defined" %*/
/** Every event is sent to CleverTap; these are the ones in the plan. */
/*% elif companion %*/
/** The events that are sent to CleverTap, and any other that Freshpaint is told. */
/*% else %*/
/** The events that are sent to CleverTap. */
/*% endif %*/
export type FreshpaintEvent =
/*% if events %*/
  EVENTS$fill("" if any else ";")
/*% endif %*/
/*% if any %*/
  | (string & {});
/*% elif not events %*/
  never;
/*% endif %*/

/** Properties of an event: text, numbers, booleans and Dates. */
export type FreshpaintProperties = object;

/** The standard fields of a profile, and any others. */
export interface FreshpaintUserProperties {
  name?: string | null;
  firstName?: string | null;
  lastName?: string | null;
  email?: string | null;
  phone?: string | number | null;
  birthday?: Date | string | null;
  gender?: string | null;
  avatar?: string | null;
  [property: string]: unknown;
}

/** Which destinations one call is for, like { integrations: { All: false, CleverTap: true } }. */
export interface FreshpaintOptions {
  integrations?: { [destination: string]: boolean | object };
  [option: string]: unknown;
}

/*% if not companion %*/
/** Called about a tenth of a second after the script has the call, whatever became of it. */
/*% endif %*/
export type FreshpaintCallback = () => void;

export interface Freshpaint {
  identify(
    userId: string | number | null | undefined,
    userProperties?: FreshpaintUserProperties | null,
    options?: FreshpaintOptions | null,
    callback?: FreshpaintCallback
  ): void;
  identify(
    userProperties: FreshpaintUserProperties,
    unused?: unknown,
    options?: FreshpaintOptions | null,
    callback?: FreshpaintCallback
  ): void;
  track(
    event: FreshpaintEvent,
    properties?: FreshpaintProperties | null,
    options?: FreshpaintOptions | null,
    callback?: FreshpaintCallback
  ): void;
  addEventProperties(properties: FreshpaintProperties): void;
  addInitialEventProperties(properties: FreshpaintProperties): void;
  addPageviewProperties(properties: FreshpaintProperties): void;
  removeEventProperty(property: string): void;
  register(properties: FreshpaintProperties): void;
  register_once(properties: FreshpaintProperties): void;
  unregister(property: string): void;
  reset(): void;
  ready(callback: () => void): void;
  /*% if not companion %*/
  /** Before the script has arrived both give an empty text: ask inside ready. */
  /*% endif %*/
  user(): { id(): string | null | undefined; traits(): FreshpaintUserProperties };
  /*% if not companion %*/
  /** An empty text before the script has arrived. */
  /*% endif %*/
  get_distinct_id(): string;
  set_consent(consent: { [destination: string]: boolean | object }): void;
  opt_in_tracking(): void;
  opt_out_tracking(): void;
  /*% if companion %*/
  has_opted_out_tracking(): boolean;
  /*% else %*/
  /** Whether the visitor has refused. An empty text before the script has arrived, whatever was decided: ask inside ready. */
  has_opted_out_tracking(): boolean | "";
  /*% endif %*/
  init(...unused: unknown[]): void;
  push(call: unknown[]): unknown;
  /*% if not companion %*/
  /** Not sent: this destination takes identify and track. A function as the fourth argument is called back. */
  /*% endif %*/
  page(...unused: unknown[]): void;
  /*% if not companion %*/
  /** Not sent: this destination takes identify and track. A function as the fourth argument is called back. */
  /*% endif %*/
  group(...unused: unknown[]): unknown;
  /*% if not companion %*/
  /** Not sent: this destination takes identify and track. A function as the fourth argument is called back. */
  /*% endif %*/
  alias(...unused: unknown[]): void;
}

declare global {
  interface Window {
    freshpaint: Freshpaint;
  }
  var freshpaint: Freshpaint;
}
