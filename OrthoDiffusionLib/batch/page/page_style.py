"""The look of a batch's page, and the small script that shows a part of its rows at a time."""

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #15181c; --quiet: #59626e; --line: #d5dae0;
        --accent: #9a5b00; --alarm: #b22222; --bar: #5d87ab; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d0f12; --text: #e4e7eb; --quiet: #a8b0ba; --line: #343a43;
        --accent: #f2b45c; --alarm: #ff7b72; --bar: #6896be; } }
body { margin: 1.5rem auto; max-width: 90rem; padding: 0 1rem; background: var(--ground); color: var(--text);
       font: 16px/1.45 system-ui, sans-serif; }
h1 { font-weight: 600; font-size: 1.6rem; margin: 0; }
h2 { font-weight: 600; font-size: 1.1rem; margin: 1.4rem 0 .3rem; }
summary { font-weight: 600; font-size: 1.1rem; margin: 1.4rem 0 .3rem; cursor: pointer; }
.research { color: var(--accent); font-weight: 600; } .quiet { color: var(--quiet); font-size: .9rem; }
.positive::before { content: "● "; color: var(--accent); }
.alarm { color: var(--alarm); font-weight: 600; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 500; color: var(--quiet); }
td, th { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-size: .92rem; }
th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid var(--accent); }
img { width: 120px; height: 75px; object-fit: cover; background: var(--line); } a { color: inherit; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .8rem 1.6rem; }
figure { margin: 0; } figcaption { font-size: .85rem; }
figcaption b { display: block; } figcaption span, svg text { color: var(--quiet); }
svg { width: 100%; } svg rect { fill: var(--bar); } svg text { fill: var(--quiet); font-size: 10px; }
svg .median { stroke: var(--accent); stroke-width: 2; }
"""

SCRIPT = """
const { rows, words } = JSON.parse(document.getElementById("data").textContent), size = 50;
const body = document.querySelector("#studies tbody"), find = document.getElementById("find");
let shown = rows, first = 0, column = -1;
const cell = (parent, text) => { const one = document.createElement("td"); one.textContent = text;
  parent.append(one); return one; };
function draw() {
  body.replaceChildren(...shown.slice(first, first + size).map(row => {
    const line = document.createElement("tr"), picture = cell(line, "");
    const path = encodeURIComponent(row.n) + "/";
    if (row.t) { const image = new Image(); image.loading = "lazy"; image.alt = ""; image.src = row.t;
      const link = document.createElement("a"); link.href = path + "report.html"; link.append(image);
      picture.append(link); }
    const name = cell(line, "");
    if (row.d) { const link = document.createElement("a"); link.href = path + "report.html";
      link.textContent = row.n; name.append(link, " ", words.side[row.s] || ""); } else name.append(row.n);
    if (row.w || row.e) { const note = document.createElement("div"); note.className = "alarm";
      note.textContent = row.e || words.implausible; name.append(note); }
    row.v.forEach((text, number) => { if (!row.q[number]) { cell(line, text); return; }
      const one = cell(line, ""), mark = document.createElement("b"); mark.className = "positive";
      mark.title = words.positive; mark.textContent = text; one.append(mark); });
    return line; }));
  const last = Math.min(first + size, shown.length);
  document.getElementById("place").textContent = !shown.length ? "0" :
    `${first + 1}–${last} ${words.of} ${shown.length}`; }
find.oninput = () => { const text = find.value.toLowerCase();
  shown = rows.filter(row => row.n.toLowerCase().includes(text)); first = 0; draw(); };
document.getElementById("back").onclick = () => { first = Math.max(0, first - size); draw(); };
document.getElementById("next").onclick = () => { if (first + size < shown.length) first += size; draw(); };
document.querySelectorAll("th[data-column] button").forEach((button, number) => { button.onclick = () => {
  column = column === number ? -1 : number; first = 0;
  shown = column < 0 ? rows.filter(row => row.n.toLowerCase().includes(find.value.toLowerCase()))
    : [...shown].sort((a, b) => (b.p[number] || -1) - (a.p[number] || -1));
  draw(); }; });
draw();
"""
