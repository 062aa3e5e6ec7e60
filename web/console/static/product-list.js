// Many products at once, with less to see: the fields an action needs, and a bar only once something is chosen.

const bar = document.querySelector("[data-bar]");
const action = bar?.querySelector("[name=action]");
const choice = document.querySelector("#choice");

function fit() {
  for (const part of bar.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(action.value);
  }
}

function count() {
  const chosen = new Set([...choice.querySelectorAll("[name=id]:checked")].map((box) => box.value));
  for (const box of choice.querySelectorAll("[name=variant]:checked")) {
    chosen.add(JSON.parse(box.value)[0]);
  }
  const all = choice.querySelector("[name=all]");
  bar.hidden = chosen.size === 0 && !all?.checked;
  bar.querySelector("[data-count]").textContent = choice.dataset.chosen.replace("{count}", chosen.size);
}

if (action) {
  action.addEventListener("change", fit);
  fit();
}

if (choice) {
  const everything = choice.querySelector("[data-all]");
  if (everything) {
    everything.hidden = false;
    everything.addEventListener("change", () => {
      for (const box of choice.querySelectorAll("[name=id]")) {
        box.checked = everything.checked;
      }
    });
  }
  choice.addEventListener("change", count);
  // Coming back, the browser has the ticks again.
  addEventListener("pageshow", count);
  count();
}
