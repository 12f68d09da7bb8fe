import "./console.css";

import { RouterProvider } from "@tanstack/react-router";

import { start } from "../shared/start.js";
import { router } from "./router.js";
import { loaders } from "./words.js";

void start(loaders, <RouterProvider router={router} />);
