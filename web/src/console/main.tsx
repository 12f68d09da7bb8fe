import { RouterProvider } from "@tanstack/react-router";

import { start } from "../shared/start.js";
import { router } from "./router.js";
import { loaders } from "./words.js";

// after what both areas share, which it makes denser
import "./console.css";

void start(loaders, <RouterProvider router={router} />);
