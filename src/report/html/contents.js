"use strict";
// The contents: folded above a narrow page; beside a wide one they mark where the reader is.
{
  const contents = document.querySelector("nav details");
  contents.open = matchMedia("(min-width: 75rem)").matches;
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  // The section that crosses a line near the top of the window.
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = links.get(entry.target.querySelector("h2").id);
      link.setAttribute("aria-current", entry.isIntersecting);
    }
  }, { rootMargin: "-20% 0px -79% 0px" });
  for (const section of document.querySelectorAll("section")) watcher.observe(section);
}
