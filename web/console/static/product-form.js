// The form of a product without leaving it: rows come and go in place, and the card is drawn while one types.

const form = document.querySelector("#product");
const status = form.querySelector("[data-status]");
const PARTS = ["variants", "facts", "card-preview"];
const QUIET_MS = 500;
let drawn = 0;

/** The form as `button` would send it, and the page that comes back. Pictures have been uploaded before. */
async function sent(button) {
  const data = new FormData(form, button);
  data.delete("pictures_files");
  const answer = await fetch(form.action, { method: "POST", body: data });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  return made.content;
}

function replace(page, parts) {
  for (const part of parts) {
    const fresh = page.querySelector(`#${part}`);
    if (fresh) {
      document.getElementById(part).replaceWith(fresh);
    }
  }
}

/** Where somebody goes on: in the row that is new, else near the button that was pressed. */
function goOn(action, before) {
  const [name, number] = action.split(":");
  const rows = form.querySelectorAll(".variant");
  const at = { add: rows.length - 1, copy: Number(number) + 1, up: Number(number) - 1, down: Number(number) + 1 }[name];
  if (name === "fact-add") {
    form.querySelector(".fact:last-of-type input:not([type=hidden])")?.focus();
  } else if (at !== undefined && rows[at] && rows.length >= before) {
    (name === "up" || name === "down"
      ? (rows[at].querySelector(`[name=do][value^="${name}:"]:enabled`) ?? rows[at].querySelector("[name=do]:enabled"))
      : rows[at].querySelector("input[name$='.color']")
    ).focus();
  } else if (name.startsWith("fact")) {
    form.querySelector("[value=fact-add]").focus();
  } else {
    form.querySelector("[name=do][value=add]").focus();
  }
}

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.name !== "do") {
    return;
  }
  event.preventDefault();
  const before = form.querySelectorAll(".variant").length;
  try {
    replace(await sent(button), PARTS);
    goOn(button.value, before);
    status.textContent = form.dataset.updated;
  } catch {
    // As it works without script; what was typed goes along.
    HTMLFormElement.prototype.submit.call(withButton(button));
  }
});

function withButton(button) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = button.name;
  field.value = button.value;
  form.append(field);
  return form;
}

/** A button that changes nothing: the page comes back with the card as it would be now. */
const looking = document.createElement("button");
looking.name = "do";
looking.value = "look";

let timer;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const number = ++drawn;
    looking.hidden = true;
    form.append(looking);
    try {
      const page = await sent(looking);
      if (number === drawn) {
        replace(page, ["card-preview"]);
      }
    } catch {
      // The card stays as it was.
    } finally {
      looking.remove();
    }
  }, QUIET_MS);
});
