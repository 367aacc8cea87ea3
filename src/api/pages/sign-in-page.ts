/**
 * The form for the API key.
 */
import { html, type Html } from './html.js';

/** The content of the page, with what was wrong with the last try. */
export function signInBody(mistake?: string): Html {
  return html`<section class="center panel">
    <h1>Sign in</h1>
    <p>The pages of this service need its API key: <code>api.apiKey</code> in its configuration.</p>
    <form method="post" action="/sign-in" class="sign-in">
      <label for="key">API key</label>
      <input
        id="key"
        name="key"
        type="password"
        autocomplete="current-password"
        required
        autofocus
        maxlength="1024"
        ${mistake !== undefined && html` aria-invalid="true" aria-describedby="mistake"`}
      />
      ${mistake !== undefined && html`<p id="mistake" class="mistake" role="alert">${mistake}</p>`}
      <button class="primary">Sign in</button>
    </form>
  </section>`;
}
