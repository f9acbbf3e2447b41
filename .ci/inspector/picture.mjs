// Draws the pictures of the inspector in the README, from what the page really shows.
import { fileURLToPath } from "node:url";
import { browser, endpoint, sendStory, start } from "./program.mjs";

const target = await endpoint(3000);
const program = await start("listen", "--addr", "127.0.0.1:8279", "--inspect=127.0.0.1:8280", "--forward-to", "http://localhost:3000/hooks");
const chrome = await browser();
try {
  await sendStory(program.receiver);
  for (const colorScheme of ["light", "dark"]) {
    const page = await chrome.newPage({ viewport: { width: 1120, height: 560 }, deviceScaleFactor: 1.5, colorScheme });
    await page.goto(program.page + "#/6");
    await page.waitForSelector("#row-6[aria-selected=true]");
    await page.waitForSelector(".code .finding");
    await page.screenshot({ path: fileURLToPath(new URL(`../../.github/inspector-${colorScheme}.png`, import.meta.url)) });
  }
} finally {
  await chrome.close();
  await program.stop();
  target.stop();
}
