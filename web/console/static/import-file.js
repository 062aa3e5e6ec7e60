// Choosing the file: drop it anywhere on its field, see how far the upload is, and hear at once when it is too large.

const drop = document.querySelector("[data-import-drop]");
const form = drop.closest("form");
const input = drop.querySelector('input[type="file"]');
const fault = drop.querySelector(".fault");
const status = form.querySelector("[data-import-status]");

function fits() {
  const file = input.files[0];
  const large = file && file.size > Number(drop.dataset.most);
  fault.hidden = !large;
  if (large) fault.textContent = drop.dataset.tooLarge;
  return file && !large;
}

for (const kind of ["dragover", "dragleave", "drop"])
  drop.addEventListener(kind, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("is-over", kind === "dragover");
    if (kind !== "drop") return;
    input.files = event.dataTransfer.files;
    fits();
  });

input.addEventListener("change", fits);

form.addEventListener("submit", (event) => {
  if (!input.files[0]) return; // the server says what is missing
  event.preventDefault();
  if (!fits()) return;
  // Only XMLHttpRequest tells how much of an upload is done.
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    status.textContent = drop.dataset.uploading.replace("{percent}", Math.round((100 * loaded) / total));
  });
  request.addEventListener("load", () => {
    if (request.status < 400) location.assign(request.responseURL);
    else form.submit(); // shown as without this script, with the reason beside the field
  });
  request.addEventListener("error", () => form.submit());
  request.send(new FormData(form));
});
